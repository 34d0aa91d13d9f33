import type { Placed } from './find-bank.ts'
import type { Labels } from './labels.ts'
import type { PlainText } from './plain-text.ts'

const RANDOM =
  /(?<![0-9a-z])(?:[0-9a-f]{8}(?: ?[-\n ] ?[0-9a-f]{4}){3} ?[-\n ] ?[0-9a-f]{12}|[0-9a-f]{32})(?![0-9a-z])/g
const BR_CODE = 'br.gov.bcb.pix'
/** Before its domain a BR Code has the format and perhaps how often it may be used; the whole is at most 512 long. */
const BEFORE = 40
const MOST = 512

/**
 * Random PIX keys and copy-and-paste codes. A random key is a UUID (BCB, Manual Operacional do DICT), as ids of records are:
 * only one that is called a key, or PIX, is one. A code holds a key (BCB, Manual de Padrões para Iniciação do Pix).
 */
export function pixIn({ text, lower }: PlainText, labels: Labels): Placed[] {
  const found: Placed[] = []
  for (const { index, 0: key } of lower.matchAll(RANDOM)) {
    const end = index + key.length
    const called = labels.before('pix', index, 40) || /^[ ]?[(,-] ?(?:chave )?pix/.test(lower.slice(end, end + 16))
    if (called) found.push({ shape: 'evp', value: key.replace(/[^0-9a-f]/g, ''), start: index, end })
  }
  for (let at = lower.indexOf(BR_CODE); at >= 0; at = lower.indexOf(BR_CODE, at + 1)) {
    const begin = lower.slice(Math.max(0, at - BEFORE), at).lastIndexOf('000201')
    const start = begin < 0 ? at : Math.max(0, at - BEFORE) + begin
    const rest = text.slice(at, start + MOST)
    const end = /6304[0-9A-Fa-f]{4}/.exec(rest)
    const length = end === null ? (/^\S*/.exec(rest)?.[0].length ?? 0) : end.index + end[0].length
    found.push({ shape: 'brcode', value: text.slice(start, at + length), start, end: at + length })
  }
  return found
}
