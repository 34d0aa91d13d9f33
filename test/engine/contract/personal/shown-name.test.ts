import { expect, test } from 'vitest'
import { shownName } from '../../../../engine/contract/personal/shown-name.ts'

test.each([
  ['u17', 'u17'],
  ['agent-payables', 'agent-payables'],
  ['ana@exemplo.com.br', 'ana@exemplo.com.br'],
  ['52998224725', '***.982.247-**'],
  ['cpf:529.982.247-25', 'cpf:***.982.247-**'],
  ['+5511987654321', '***4321'],
  ['6f1f6ad4-1c9e-4c0b-a4b2-2f6d0a4e8b11', '6f1f6ad4-1c9e-4c0b-a4b2-2f6d0a4e8b11'],
])('whom a token names %s is called %s', (id, name) => {
  expect(shownName(id)).toBe(name)
})
