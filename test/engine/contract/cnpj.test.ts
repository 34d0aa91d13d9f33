import { expect, test } from 'vitest'
import { isCnpj } from '../../../engine/contract/cnpj.ts'

test.each(['12345678000195', '12ABC34501DE35', '11222333000181'])('%s is a CNPJ', (text) => {
  expect(isCnpj(text)).toBe(true)
})

test.each([
  ['a wrong last digit', '12345678000194'],
  ['a wrong first check digit', '12345678000185'],
  ['an alphanumeric one with a letter changed', '12ABD34501DE35'],
  ['lower case', '12abc34501de35'],
  ['letters as check digits', '12ABC34501DEA5'],
  ['punctuation', '12.345.678/0001-95'],
  ['one digit too many', '123456780001950'],
  ['the same digit throughout, whose check digits would be right', '00000000000000'],
  ['nothing', ''],
])('%s is none', (_what, text) => {
  expect(isCnpj(text)).toBe(false)
})
