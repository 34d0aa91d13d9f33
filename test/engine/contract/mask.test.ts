import fc from 'fast-check'
import { expect, test } from 'vitest'
import { tokenised, tokenOf } from '../../../engine/contract/ledger-token.ts'
import { maskData, maskText, maskValue } from '../../../engine/contract/mask.ts'
import { SENSITIVE_KINDS, type SensitiveKind } from '../../../engine/contract/vocabulary.ts'

test.each<[SensitiveKind, unknown, unknown]>([
  ['document', '12345678909', '***.456.789-**'],
  ['document', '123.456.789-09', '***.456.789-**'],
  ['document', '12345678000195', '**.345.678/****-**'],
  ['document', '12ABC34501DE35', '**.ABC.345/****-**'],
  ['document', '123', '***'],
  ['email', 'ana@exemplo.com.br', 'a***@exemplo.com.br'],
  ['email', 'a@exemplo.com.br', '***@exemplo.com.br'],
  ['email', 'exemplo', '***'],
  ['phone', '11987654321', '***4321'],
  ['phone', '4321', '***'],
  ['name', 'Ana Souza', '***'],
  ['pix', 'ana@exemplo.com.br', '***'],
  ['bank', '12345-6', '***'],
  ['bank', 12345, '***'],
  ['document', null, null],
])('%s %j is shown as %j', (kind, value, shown) => {
  expect(maskValue(kind, value)).toEqual(shown)
})

test('pointers reach every element and leave the rest as it is', () => {
  const data = [{ id: '1', bank: { pix_key: 'k' } }, { id: '2', bank: null }, { id: '3' }]
  expect(maskData(data, [{ pointer: '/*/bank/pix_key', kind: 'pix' }])).toEqual({
    data: [{ id: '1', bank: { pix_key: '***' } }, { id: '2', bank: null }, { id: '3' }],
    masked: ['/*/bank/pix_key'],
  })
  expect(data[0]).toEqual({ id: '1', bank: { pix_key: 'k' } })
})

test('a pointer to an object hides every value in it', () => {
  const { data } = maskData({ bank: { branch: '1', deep: [{ account: '2' }] } }, [{ pointer: '/bank', kind: 'bank' }])
  expect(data).toEqual({ bank: { branch: '***', deep: [{ account: '***' }] } })
})

test('only pointers that hid something are listed', () => {
  const masks = [
    { pointer: '/email', kind: 'email' as const },
    { pointer: '/phone', kind: 'phone' as const },
  ]
  expect(maskData({ email: null, phone: '11987654321' }, masks).masked).toEqual(['/phone'])
})

test('no value that a mask reaches stays as it was', () => {
  const kind = fc.constantFrom(...SENSITIVE_KINDS)
  fc.assert(
    fc.property(
      kind,
      fc.string({ minLength: 4 }).filter((text) => !text.includes('*')),
      (which, value) => {
        const { data } = maskData([{ value }], [{ pointer: '/*/value', kind: which }])
        expect(data).not.toEqual([{ value }])
      },
    ),
  )
})

test('an ERP that repeats personal data in its error words is not repeated', () => {
  const text = 'cliente 123.456.789-09, CNPJ 12.ABC.345/01DE-35, ana@exemplo.com.br: já existe'
  expect(maskText(text)).toBe('cliente ***.456.789-**, CNPJ **.ABC.345/****-**, a***@exemplo.com.br: já existe')
  expect(maskText('x'.repeat(500))).toHaveLength(200)
})

const key = Buffer.alloc(32, 1)

test('a token tells equal values and nothing else, and another key gives another', () => {
  expect(tokenOf('document', '12345678909', key)).toBe(tokenOf('document', '12345678909', key))
  expect(tokenOf('document', '12345678909', key)).not.toBe(tokenOf('document', '12345678908', key))
  expect(tokenOf('document', '12345678909', key)).not.toBe(tokenOf('pix', '12345678909', key))
  expect(tokenOf('document', '12345678909', key)).not.toBe(tokenOf('document', '12345678909', Buffer.alloc(32, 2)))
})

test('sensitive arguments are found by name at any depth, others stay', () => {
  const args = {
    id: '1',
    document: '12345678909',
    bank: { pix_key: 'k', rows: [{ email: 'a@b' }] },
    amount: 5,
    name: null,
  }
  const kept = tokenised(args, key)
  expect(kept).toMatchObject({ id: '1', amount: 5, name: null, document: expect.stringMatching(/^tok_document_/) })
  expect(JSON.stringify(kept)).not.toMatch(/12345678909|"k"|a@b/)
})
