import { expect, test } from 'vitest'
import { type ShowRules, show } from '../../../../engine/contract/personal/show.ts'
import { showContent } from '../../../../engine/contract/personal/show-content.ts'
import { SENSITIVE_KINDS } from '../../../../engine/contract/vocabulary.ts'

const ALL = new Set(SENSITIVE_KINDS)
const NOTHING_DECLARED: ShowRules = { sensitive: [], mask: [], hidden: ALL }

test('a personal value in a text is hidden, and its field is named', () => {
  const data = [
    { id: '1', description: 'pagar CPF 529.982.247-25 até 23/11/2026', amount: 150.5 },
    { id: '2', description: 'NF 4512' },
  ]
  expect(show(data, NOTHING_DECLARED)).toMatchObject({
    data: [
      { id: '1', description: 'pagar CPF ***.982.247-** até 23/11/2026', amount: 150.5 },
      { id: '2', description: 'NF 4512' },
    ],
    masked: ['/*/description'],
  })
})

test('the same value has the same mark in a field and in a text, however it is written', () => {
  const field = { pointer: '/document', kind: 'document' as const }
  const data = { document: '52998224725', description: 'cpf 529982247-25, de novo ５２９．９８２．２４７－２５' }
  expect(show(data, { sensitive: [field], mask: [field], hidden: ALL }).data).toEqual({
    document: '***.982.247-**',
    description: 'cpf ***.982.247-**, de novo ***.982.247-**',
  })
})

test('what a hidden field of a record holds is hidden in its other texts, and not in those of other records', () => {
  const name = { pointer: '/*/vendor_name', kind: 'name' as const }
  const data = [
    { vendor_name: 'Ana  Souza', description: 'Aluguel de ANA SOUZA, sala 2', vendor_id: 'Ana Souza' },
    { vendor_name: 'Rui', description: 'Aluguel de Ana Souza; Rui' },
  ]
  expect(show(data, { sensitive: [name], mask: [name], hidden: ALL })).toMatchObject({
    data: [
      { vendor_name: '***', description: 'Aluguel de [name ***], sala 2', vendor_id: 'Ana Souza' },
      // Three letters would be in every other word.
      { vendor_name: '***', description: 'Aluguel de Ana Souza; Rui' },
    ],
    masked: ['/*/description', '/*/vendor_name'],
  })
})

test("a sole trader's CPF is hidden in a name that may be seen", () => {
  const name = { pointer: '/name', kind: 'name' as const }
  expect(
    show({ name: 'MARIA APARECIDA DA SILVA 52998224725' }, { sensitive: [name], mask: [], hidden: ALL }).data,
  ).toEqual({
    name: 'MARIA APARECIDA DA SILVA ***.982.247-**',
  })
})

test('a field that may be seen is left as it is, whatever it looks like', () => {
  const key = { pointer: '/pix_key', kind: 'pix' as const }
  const hidden = new Set(SENSITIVE_KINDS.filter((kind) => kind !== 'pix'))
  expect(show({ pix_key: 'ana@exemplo.com.br' }, { sensitive: [key], mask: [], hidden }).data).toEqual({
    pix_key: 'ana@exemplo.com.br',
  })
})

test('a CPF given as a PIX key is hidden from whoever may not see one of the two', () => {
  const data = { description: 'chave pix 529.982.247-25' }
  const without = (kind: string): ShowRules => ({
    ...NOTHING_DECLARED,
    hidden: new Set(SENSITIVE_KINDS.filter((one) => one === kind)),
  })
  expect(show(data, without('pix')).data).toEqual({ description: 'chave pix ***.982.247-**' })
  expect(show(data, without('document')).data).toEqual({ description: 'chave pix ***.982.247-**' })
  expect(show(data, without('email')).data).toEqual(data)
})

test('identifiers of records, entries, digests and amounts stay as they are, also those that look like a CPF or a telephone number', () => {
  const data = {
    id: '52998224725',
    vendor_id: '11987654321',
    payment_ids: ['52998224725'],
    reference: '11987654321',
    document_number: '52998224725',
    codigo_lancamento_omie: 52998224725,
    entry: 'omie-000000123',
    approval: '550e8400-e29b-41d4-a716-446655440000',
    digest: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    amount: 52998224725,
    due_date: '2026-11-23',
    customerId: '52998224725',
  }
  expect(show(data, NOTHING_DECLARED)).toMatchObject({ data, masked: [] })
})

test('even there, what can be nothing else is hidden', () => {
  const data = { reference: '529.982.247-25', document_number: 'ana@exemplo.com.br' }
  expect(show(data, NOTHING_DECLARED).data).toEqual({
    reference: '***.982.247-**',
    document_number: 'a***@exemplo.com.br',
  })
})

test('the name of a field says what is in it, also of a number', () => {
  const data = {
    cpf: 52998224725,
    telefone: '3333-4444',
    chavePix: '550e8400-e29b-41d4-a716-446655440000',
    conta: '12345-6',
  }
  expect(show(data, NOTHING_DECLARED).data).toEqual({
    cpf: '***.982.247-**',
    telefone: '***4444',
    chavePix: '[pix ***]',
    conta: '[bank ***]',
  })
})

test('personal values that are keys are hidden, and no entry is lost', () => {
  const data = { '529.982.247-25': 1, '11998224712': 2, '529982247-25': 3 }
  expect(show({ balances: data }, NOTHING_DECLARED).data).toEqual({
    balances: { '***.982.247-**': 1, '***4712': 2, '***.982.247-** (2)': 3 },
  })
})

test.each([
  ['https://app.omie.com.br/portal/pedido/abc123def456ghi789jk', 'https://app.omie.com.br/***'],
  ['https://boletos.exemplo.com.br/2via?codigo=12345678', 'https://boletos.exemplo.com.br/***'],
  [
    'https://www.nfe.fazenda.gov.br/portal/consulta.aspx?nfe=35261112345678000195550010000045121123456780',
    'https://www.nfe.fazenda.gov.br/***',
  ],
  ['veja https://x.example/f/550e8400-e29b-41d4-a716-446655440000.', 'veja https://x.example/***.'],
  ['https://x.example/get/boleto-4512.pdf', 'https://x.example/***'],
  ['https://www.omie.com.br/ajuda', 'https://www.omie.com.br/ajuda'],
])('a link that opens a document is hidden, a page anybody finds is not: %s', (text, shown) => {
  expect(show({ description: text }, NOTHING_DECLARED).data).toEqual({ description: shown })
})

test("an access key keeps the note's number and loses its issuer, a boleto keeps bank and amount", () => {
  const text =
    'chave 35261112345678000195550010000045121123456784 e 34191.79001 01043.510047 91020.150008 1 10320000015050'
  expect(show({ text }, NOTHING_DECLARED).data).toEqual({
    text: `chave 352611${'*'.repeat(14)}55001000004512${'*'.repeat(10)} e 3419${'*'.repeat(29)}10320000015050`,
  })
})

test('content blocks are hidden in their words, also inside an embedded resource, and bytes stay', () => {
  const blocks = [
    { type: 'text', text: '{"cpf":"52998224725"}' },
    { type: 'image', data: 'NTI5OTgyMjQ3MjU1Mjk5ODIyNDcyNQ==', mimeType: 'image/png' },
    { type: 'resource', resource: { uri: 'file:///a', text: 'ana@exemplo.com.br', blob: '11987654321' } },
  ]
  expect(showContent(blocks, ALL)).toMatchObject({
    content: [
      { type: 'text', text: '{"cpf":"***.982.247-**"}' },
      blocks[1],
      { type: 'resource', resource: { uri: 'file:///a', text: 'a***@exemplo.com.br', blob: '11987654321' } },
    ],
    masked: ['content/*/resource/text', 'content/*/text'],
  })
})

test('what was shown is told by field, kind and person, clear or masked', () => {
  const fields = [
    { pointer: '/*/document', kind: 'document' as const },
    { pointer: '/*/email', kind: 'email' as const },
  ]
  const data = [
    { document: '52998224725', email: 'Ana@Exemplo.com.br', description: 'tel (11) 98765-4321' },
    { document: '529.982.247-25', email: null, description: '' },
  ]
  const { seen } = show(data, { sensitive: fields, mask: fields.slice(0, 1), hidden: ALL })
  expect(seen).toEqual([
    { field: '/*/document', kind: 'document', clear: false, rows: 2, subjects: new Set(['cpf:52998224725']) },
    { field: '/*/email', kind: 'email', clear: true, rows: 1, subjects: new Set(['email:ana@exemplo.com.br']) },
    { field: '/*/description', kind: 'phone', clear: false, rows: 1, subjects: new Set(['phone:11987654321']) },
  ])
})
