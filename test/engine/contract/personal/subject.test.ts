import { expect, test } from 'vitest'
import { subjectOf, subjectsFor } from '../../../../engine/contract/personal/subject.ts'
import type { SensitiveKind } from '../../../../engine/contract/vocabulary.ts'

test.each<[SensitiveKind, string, string | null]>([
  ['document', '529.982.247-25', 'cpf:52998224725'],
  ['document', '５２９９８２２４７２５', 'cpf:52998224725'],
  ['document', '12.ABC.345/01de-35', 'cnpj:12ABC34501DE35'],
  ['pix', '529.982.247-25', 'cpf:52998224725'],
  ['pix', 'ANA@exemplo.com.br', 'email:ana@exemplo.com.br'],
  ['pix', '+5511987654321', 'phone:11987654321'],
  ['pix', '550E8400-E29B-41D4-A716-446655440000', 'evp:550e8400e29b41d4a716446655440000'],
  ['pix', '12345678000195', 'cnpj:12345678000195'],
  ['phone', '+55 (11) 98765-4321', 'phone:11987654321'],
  ['name', ' Ána  Souza ', 'name:ana souza'],
  ['bank', '12345-6', 'bank:123456'],
  ['bank', '341', null],
])('%s %j is looked up by %j', (kind, value, subject) => {
  expect(subjectOf(kind, value)).toBe(subject)
})

test('an identifier is looked for as everything it may be', () => {
  expect(subjectsFor('529.982.247-25')).toContain('cpf:52998224725')
  expect(subjectsFor('(11) 98765-4321')).toContain('phone:11987654321')
  expect(subjectsFor('ana@exemplo.com.br')).toContain('email:ana@exemplo.com.br')
  expect(subjectsFor('Ana Souza')).toEqual(['name:ana souza', 'pix:ana souza'])
})
