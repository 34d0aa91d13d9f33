import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CODECS, type Codec } from '../../../engine/contract/tool.ts'
import { decode, encode } from '../../../servers/erp/codec.ts'
import { parseExactJson } from '../../../servers/erp/exact-json.ts'

function sent(codec: Codec, value: unknown): string {
  return JSON.stringify(encode(codec, value))
}

describe('a universal value is written as the ERP wants it', () => {
  test.each<[Codec, unknown, string]>([
    ['text', 'Padaria "Aurora"', '"Padaria \\"Aurora\\""'],
    ['integer', '2485994', '2485994'],
    ['integer', '9007199254740993', '9007199254740993'],
    ['integer', '007', '7'],
    ['decimal', 1500, '1500.00'],
    ['decimal', 0.07, '0.07'],
    ['decimal', 29.99, '29.99'],
    ['decimal_abs', 29.9, '29.90'],
    ['decimal_string', 1500.5, '"1500.50"'],
    ['tryton_decimal', 900, '{"__class__":"Decimal","decimal":"900.00"}'],
    ['date_iso', '2026-11-30', '"2026-11-30"'],
    ['date_br', '2026-11-30', '"30/11/2026"'],
    ['tryton_date', '2026-11-05', '{"__class__":"date","year":2026,"month":11,"day":5}'],
    ['boolean', true, 'true'],
    ['not', true, 'false'],
    ['sn', true, '"S"'],
    ['sn', false, '"N"'],
    ['not_sn', true, '"N"'],
    ['digits', '12.345.678/0001-95', '"12345678000195"'],
    ['alnum', '12.abc.345/01de-35', '"12ABC34501DE35"'],
    ['guid', '0f8fad5b-d9cb-469f-a165-70867728950e', '"0f8fad5b-d9cb-469f-a165-70867728950e"'],
    ['like', 'pad', '"%pad%"'],
    ['like', '50%_off\\', '"%50\\\\%\\\\_off\\\\\\\\%"'],
    ['phone_area', '11987654321', '"11"'],
    ['phone_local', '11987654321', '"987654321"'],
    ['phone_area', '5511987654321', '"11"'],
    ['phone_local', '551133334444', '"33334444"'],
    ['document_kind', '12345678909', '"CPF"'],
    ['document_kind', '12ABC34501DE35', '"CNPJ"'],
    ['person_letter', '12345678909', '"F"'],
    ['person_letter', '12ABC34501DE35', '"J"'],
    ['tryton_document_kind', '12345678000195', '"br_cnpj"'],
    ['tryton_document_kind', '12345678909', '"br_cpf"'],
    ['tryton_document_kind', '12ABC34501DE35', 'null'],
    ['tryton_document_kind', '12.abc.345/01de-35', 'null'],
  ])('%s: %o', (codec, value, text) => {
    expect(sent(codec, value)).toBe(text)
  })
})

describe('a value that the ERP could not take is not written at all', () => {
  test.each<[Codec, unknown]>([
    ['integer', 'abc'],
    ['integer', '1.5'],
    ['integer', '1e3'],
    ['decimal', 0.001],
    ['decimal', 1e21],
    ['decimal', 'abc'],
    ['decimal', Number.NaN],
    ['tryton_decimal', 1.234],
    ['date_br', '2026-02-30'],
    ['date_iso', '30/11/2026'],
    ['tryton_date', 'x'],
    ['boolean', 'true'],
    ['boolean', 1],
    ['sn', 1],
    ['digits', 'abc'],
    ['alnum', '--'],
    ['guid', "x' or 1 eq 1"],
    ['document_kind', '123'],
    ['person_letter', '123'],
    ['phone_area', '11'],
  ])('%s: %o', (codec, value) => {
    expect(encode(codec, value)).toBeNull()
  })
})

describe('the ERP’s value is read as the universal one', () => {
  test.each<[Codec, string, unknown]>([
    ['text', '"x"', 'x'],
    ['text', '12', '12'],
    ['text', '""', null],
    ['text', '{}', null],
    ['integer', '2485994', '2485994'],
    ['integer', '9007199254740993', '9007199254740993'],
    ['integer', '123456789012345678901234567890', '123456789012345678901234567890'],
    ['decimal', '1500', 1500],
    ['decimal', '29.99', 29.99],
    ['decimal', '1500.0000', 1500],
    ['decimal', '-10.50', -10.5],
    ['decimal', '0.30000000000000004', null],
    ['decimal', '0.1000000000000000055', null],
    ['decimal', '"1500.00"', 1500],
    ['decimal', 'true', null],
    ['decimal_abs', '-10.50', 10.5],
    ['decimal_string', '"0.07"', 0.07],
    ['tryton_decimal', '{"__class__":"Decimal","decimal":"1500.00"}', 1500],
    ['tryton_decimal', '{"__class__":"Decimal","decimal":"1500.001"}', null],
    ['date_iso', '"2026-11-30T00:00:00"', '2026-11-30'],
    ['date_iso', '"2026-13-01"', null],
    ['date_br', '"30/11/2026"', '2026-11-30'],
    ['date_br', '"31/11/2026"', null],
    ['tryton_date', '{"__class__":"date","year":2026,"month":1,"day":9}', '2026-01-09'],
    ['tryton_date', '{"__class__":"datetime","year":2026,"month":1,"day":9,"hour":3}', '2026-01-09'],
    ['tryton_date', '{"year":2026,"month":1,"day":9}', null],
    ['boolean', 'false', false],
    ['boolean', '"false"', null],
    ['boolean', '1', true],
    ['boolean', '2', null],
    ['not', 'true', false],
    ['not', '1', false],
    ['not', '0', true],
    ['sn', '"S"', true],
    ['sn', '"X"', null],
    ['not_sn', '"S"', false],
    ['digits', '"(11) 98765-4321"', '11987654321'],
    ['alnum', '"12.ABC.345/01DE-35"', '12ABC34501DE35'],
    ['guid', '"0f8fad5b-d9cb-469f-a165-70867728950e"', '0f8fad5b-d9cb-469f-a165-70867728950e'],
    ['like', '"x"', 'x'],
    ['phone_area', '"(11)"', '11'],
    ['phone_local', '"98765-4321"', '987654321'],
    ['document_kind', '"Cnpj"', 'CNPJ'],
    ['person_letter', '"J"', 'J'],
    ['tryton_document_kind', '"br_cpf"', 'CPF'],
    ['tryton_document_kind', '"eu_vat"', null],
  ])('%s: %s', (codec, json, value) => {
    expect(decode(codec, parseExactJson(Buffer.from(json), 1_000))).toEqual(value)
  })
})

test('every amount of centavos survives the way there and back, in each way of writing money', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10 ** 14 }), (centavos) => {
      const reais = Number(`${Math.trunc(centavos / 100)}.${String(centavos % 100).padStart(2, '0')}`)
      for (const codec of ['decimal', 'decimal_string', 'tryton_decimal'] as const) {
        const text = sent(codec, reais)
        expect(text).toContain(`.${String(centavos % 100).padStart(2, '0')}`)
        expect(decode(codec, parseExactJson(Buffer.from(text), 1_000))).toBe(reais)
      }
    }),
  )
})

test('every codec of the vocabulary has both directions', () => {
  for (const codec of CODECS) {
    expect(encode(codec, undefined)).toBeNull()
    expect(decode(codec, undefined)).toBeNull()
  }
})
