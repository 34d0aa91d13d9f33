import fc from 'fast-check'
import {
  accessKeys,
  alphanumericCnpjs,
  boletos,
  cnpjs,
  collections,
  cpfs,
  cut,
  emails,
  ibans,
  landlines,
  mobiles,
} from './valid.ts'

/** How each is written in mails, bills, bank apps and ERPs' note fields. */
export const WRITTEN: readonly {
  what: string
  of: fc.Arbitrary<string>
  ways: readonly ((value: string) => string)[]
}[] = [
  {
    what: 'CPF',
    of: cpfs,
    ways: [
      (v) => v,
      (v) => cut(v, [3, 3, 3, 2], ['.', '.', '-']),
      (v) => cut(v, [3, 3, 3, 2], ['.', '.', '/']),
      (v) => cut(v, [3, 3, 3, 2], ['-']),
      (v) => cut(v, [3, 3, 3, 2], [' ']),
      (v) => cut(v, [3, 3, 3, 2], [' . ', ' . ', ' - ']),
      (v) => cut(v, [9, 2], ['-']),
      (v) => cut(v, [9, 2], ['/']),
      (v) => [...v].join(' '),
      (v) => cut(v, [3, 3, 3, 2], ['.', '.\n', '-']),
      (v) => cut(v, [5, 6], ['\n']),
      (v) => cut(v, [3, 3, 3, 2], ['.', '.', '-\r\n']),
      (v) => `CPF${v}`,
      (v) => `cpf nº ${v}`,
      (v) => `(${v})`,
    ],
  },
  {
    what: 'CNPJ',
    of: cnpjs,
    ways: [
      (v) => v,
      (v) => cut(v, [2, 3, 3, 4, 2], ['.', '.', '/', '-']),
      (v) => cut(v, [2, 3, 3, 4, 2], [' ']),
      (v) => cut(v, [8, 4, 2], ['/', '-']),
      (v) => cut(v, [8, 6], ['/']),
      (v) => cut(v, [12, 2], ['-']),
      (v) => cut(v, [2, 3, 3, 4, 2], ['.', '.', '/\n', '-']),
      (v) => [...v].join('.'),
      (v) => `CNPJ${v}`,
    ],
  },
  {
    what: 'alphanumeric CNPJ',
    of: alphanumericCnpjs,
    ways: [
      (v) => v,
      (v) => cut(v, [2, 3, 3, 4, 2], ['.', '.', '/', '-']),
      (v) => cut(v.toLowerCase(), [2, 3, 3, 4, 2], ['.', '.', '/', '-']),
      (v) => cut(v, [8, 4, 2], ['/', '-']),
      (v) => cut(v, [12, 2], ['-']),
      (v) => `cnpj: ${v.toLowerCase()}`,
      (v) => cut(v, [2, 3, 3, 4, 2], ['.', '.', '/\n', '-']),
    ],
  },
  {
    what: 'mobile number',
    of: mobiles,
    ways: [
      (v) => v,
      (v) => `+55${v}`,
      (v) => `0055${v}`,
      (v) => `55${v}`,
      (v) => `+55 (${v.slice(0, 2)}) ${v.slice(2, 7)}-${v.slice(7)}`,
      (v) => `(${v.slice(0, 2)})${v.slice(2)}`,
      (v) => `(0${v.slice(0, 2)}) ${v.slice(2, 7)}-${v.slice(7)}`,
      (v) => cut(v, [2, 5, 4], [' ', '-']),
      (v) => cut(v, [2, 5, 4], [' ']),
      (v) => cut(v, [2, 5, 4], ['.']),
      (v) => cut(v, [2, 1, 4, 4], [' ', ' ', '-']),
      (v) => cut(v, [2, 9], [' ']),
      (v) => cut(v, [7, 4], ['-']),
      (v) => `0${cut(v, [2, 5, 4], [' ', '-'])}`,
      (v) => `0 15 ${cut(v, [2, 5, 4], [' ', '-'])}`,
      (v) => `whatsapp ${v.slice(2)}`,
      (v) => `tel: ${cut(v.slice(2), [5, 4], ['-'])}`,
    ],
  },
  {
    what: 'landline number',
    of: landlines,
    ways: [
      (v) => `(${v.slice(0, 2)}) ${v.slice(2, 6)}-${v.slice(6)}`,
      (v) => `+55${v}`,
      (v) => `+55 ${cut(v, [2, 4, 4], [' ', '-'])}`,
      (v) => cut(v, [2, 4, 4], [' ', '-']),
      (v) => `tel. ${v}`,
      (v) => `fone ${v.slice(2, 6)}-${v.slice(6)}`,
    ],
  },
  {
    what: 'e-mail address',
    of: emails,
    ways: [
      (v) => v,
      (v) => v.toUpperCase(),
      (v) => `<${v}>`,
      (v) => `mailto:${v}?subject=x`,
      (v) => v.replace('@', ' @ '),
      (v) => v.replace('@', '%40'),
      (v) => v.replace('@', ' (at) '),
      (v) => v.replace('@', '@\n'),
    ],
  },
  {
    what: 'random PIX key',
    of: fc.uuid({ version: 4 }),
    ways: [
      (v) => `chave pix ${v}`,
      (v) => `PIX: ${v.toUpperCase()}`,
      (v) => `Chave aleatória - ${v}`,
      (v) => `pix ${v.replaceAll('-', '')}`,
      (v) => `${v} (chave pix)`,
      (v) => `00020126580014br.gov.bcb.pix0136${v}5204000053039865802BR5909ANA SOUZA6009SAO PAULO62070503***63041D3D`,
    ],
  },
  {
    what: 'access key',
    of: accessKeys,
    ways: [
      (v) => v,
      (v) => `NFe${v}`,
      (v) => cut(v, Array(11).fill(4), [' ']),
      (v) => cut(v, [2, 4, 14, 2, 3, 9, 1, 8, 1], ['-']),
      (v) => cut(v, [22, 22], ['\n']),
    ],
  },
  {
    what: "boleto's line",
    of: boletos,
    ways: [
      (v) => v,
      (v) => cut(v, [5, 5, 5, 6, 5, 6, 1, 14], ['.', ' ', '.', ' ', '.', ' ', ' ']),
      (v) => cut(v, [10, 11, 11, 1, 14], [' ']),
    ],
  },
  {
    what: 'collection line',
    of: collections,
    ways: [(v) => v, (v) => cut(v, [12, 12, 12, 12], [' ']), (v) => cut(v, [11, 1, 11, 1, 11, 1, 11, 1], ['-', ' '])],
  },
  { what: 'IBAN', of: ibans, ways: [(v) => v, (v) => cut(v, [4, 4, 4, 4, 4, 4, 4, 1], [' '])] },
]

/** What may stand in the place of one, which may show some of it. */
const MARK =
  /\*\*\*\.\d{3}\.\d{3}-\*\*|\*\*\.\w{3}\.\w{3}\/\*{4}-\*\*|\*\*\*\d{4}|\w?\*\*\*@[\w.-]+|\[\w+ \*\*\*\]|\d{6}\*{14}\d{14}\*{10}|\d{4}\*{29}\d{14}/

/** Whether more of a value still stands in a text than a mark shows: beside it five characters may be the same by chance. */
export function isLeft(text: string, value: string): boolean {
  return longestShared(text.replace(MARK, '|'), value) > 5
}

/** Length of the longest part of a value that still stands in a text, however it is written there. */
function longestShared(text: string, value: string): number {
  const plain = text
    .normalize('NFKC')
    .replace(/[^0-9A-Za-z@]/g, '')
    .toLowerCase()
  const whole = value.replace(/[^0-9A-Za-z@]/g, '').toLowerCase()
  for (let length = whole.length; length > 0; length -= 1) {
    for (let at = 0; at + length <= whole.length; at += 1)
      if (plain.includes(whole.slice(at, at + length))) return length
  }
  return 0
}
