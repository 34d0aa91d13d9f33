import { expect, test } from 'vitest'
import { bindCompany } from '../../../servers/request/company.ts'
import { AURORA, BRISA, identity } from './world.ts'

const caller = { ...identity('operator').caller, company: null }
const codeOf = (bound: string[], held: string[], args: unknown): string => {
  try {
    return bindCompany(caller, bound, held, args).company
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'thrown'
  }
}

test.each<[string, string[], string[], unknown, string]>([
  ['one company in the token is the one', [AURORA], [AURORA, BRISA], {}, AURORA],
  ['none in the token, one served: that one', [], [BRISA], {}, BRISA],
  ['none in the token, several served: refused', [], [AURORA, BRISA], {}, 'company_required'],
  ['none in the token, none served: refused', [], [], {}, 'company_required'],
  ['one in the token, no credentials at all: that one', [AURORA], [], {}, AURORA],
  ['several in the token: the argument says which', [AURORA, BRISA], [AURORA, BRISA], { company: BRISA }, BRISA],
  ['several in the token, a third named: refused', [AURORA, BRISA], [AURORA], { company: '1' }, 'company_not_allowed'],
  [
    'several in the token, a list named: refused',
    [AURORA, BRISA],
    [AURORA],
    { company: [AURORA] },
    'company_not_allowed',
  ],
  ['one in the token, another served: refused', [AURORA], [BRISA], {}, 'company_not_served'],
])('%s', (_name, bound, held, args, expected) => {
  expect(codeOf(bound, held, args)).toBe(expected)
})

test('the argument that names the company is taken out, and the caller is bound to it', () => {
  const bound = bindCompany(caller, [AURORA, BRISA], [AURORA, BRISA], { company: BRISA, id: '1' })
  expect(bound).toMatchObject({ company: BRISA, args: { id: '1' }, caller: { company: BRISA } })
  expect(bound.args).not.toHaveProperty('company')
})
