import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { openPolicyCompiler, type PolicyCompiler } from '../../../engine/compile/compile.ts'
import type { CheckedErp } from '../../../engine/validate/checked.ts'
import { checkedErp, placesOf, withRego } from './project.ts'

const OWN = 'policies/omie/own.rego'
let compiler: PolicyCompiler
let omie: CheckedErp

beforeAll(async () => {
  compiler = await openPolicyCompiler({ compiler: inject('compiler') })
  omie = await checkedErp('omie')
})
afterAll(() => compiler.close())

/** Codes and lines of what is found in a package of one's own that rbac.rego joins. */
async function found(rules: string): Promise<string[]> {
  const rbac = (omie.rego['policies/omie/rbac.rego'] ?? '')
    .replace('import data.shared.access\n', 'import data.omie.own\nimport data.shared.access\n')
    .replace('duties.deny]', 'duties.deny, own.deny]')
  const joined = withRego(omie, 'policies/omie/rbac.rego', rbac)
  const { findings } = await compiler.compileErp(withRego(joined, OWN, `package omie.own\n\n${rules}\n`), {
    checks: 'fast',
  })
  return placesOf(findings.filter(({ file }) => file === OWN)).map((place) => place.replace(` ${OWN}:`, ' '))
}

const GOOD = 'good if input.facts.amount > 0\n\n'

describe('a deny rule has the one shape', () => {
  test('`if not` a named rule', async () => {
    expect(await found(`${GOOD}deny["small"] := "words" if not good`)).toEqual([])
    expect(await found(`import data.shared.access\n\ndeny["small"] := "words" if not access.permitted`)).toEqual([])
    expect(await found(`default good := false\n\n${GOOD}deny["small"] := $"of {input.tool.name}" if not good`)).toEqual(
      [],
    )
  })

  test.each([
    [
      'a negated call, undefined when its argument is missing',
      'deny contains "x" if not f(input.facts.amount)\n\nf(amount) if amount > 0',
    ],
    ['the same by code', 'deny["x"] := "words" if not f(input.facts.amount)\n\nf(amount) if amount > 0'],
    ['a negated lookup', 'import data.config.tools\n\ndeny["x"] := "words" if not tools[input.tool.name]'],
    ['a negated input', 'deny["x"] := "words" if not input.facts.bank_change'],
    ['the bad case', 'deny["x"] := "words" if input.facts.amount > 5'],
    ['two expressions', `${GOOD}deny["x"] := "words" if {\n\tinput.tool.money\n\tnot good\n}`],
    ['a set, which is never false', 'deny["x"] := "words" if not good\n\ngood contains "x" if input.tool.money'],
    ['a rule with a value of its own', 'deny["x"] := "words" if not good\n\ngood := input.tool.money'],
    ['a rule that is true by default', `deny["x"] := "words" if not good\n\ndefault good := true\n\n${GOOD}`],
    ['no words', `${GOOD}deny["x"] if not good`],
    ['a code out of the input', `${GOOD}deny[input.tool.name] := "words" if not good`],
    ['a default', `${GOOD}deny["x"] := "words" if not good\n\ndefault deny["y"] := "words"`],
    ['an else', `${GOOD}deny["x"] := "words" if not good else := "others" if input.tool.money`],
    ['a changed input', `${GOOD}deny["x"] := "words" if not good with input as {}`],
    [
      'a name that is a configuration value',
      'import data.config.security\n\ndeny["x"] := "words" if not security.rbac_enabled',
    ],
    ['a join of something else', 'deny := object.union({}, input.args)'],
  ])('refused: %s', async (_, rules) => {
    expect((await found(rules)).map((place) => place.split(' ')[0])).toContain('DENY_SHAPE')
  })

  test('the finding stands at the rule', async () => {
    expect(await found(`${GOOD}deny["x"] := "words" if input.facts.amount > 5`)).toEqual(['DENY_SHAPE 5'])
  })

  test('a deny that no decision reads is found', async () => {
    const own = `package omie.own\n\n${GOOD}deny["x"] := "words" if not good\n`
    const { findings } = await compiler.compileErp(withRego(omie, OWN, own), { checks: 'fast' })
    expect(placesOf(findings)).toEqual([`DENY_UNREAD ${OWN}:5`])
  })
})

describe('every', () => {
  const rule = (body: string): string => `${body}\n\ndeny["x"] := "words" if not good`

  test('over a list of the input wants a lower bound', async () => {
    const every = 'every approval in input.approvals {\n\t\tapproval.at_ms > 0\n\t}'
    expect(await found(rule(`good if {\n\t${every}\n}`))).toEqual(['EVERY_EMPTY 3'])
    expect(await found(rule(`good if {\n\tcount(input.approvals) >= 0\n\t${every}\n}`))).toEqual(['EVERY_EMPTY 3'])
    expect(await found(rule(`good if {\n\tcount(input.caller.roles) > 0\n\t${every}\n}`))).toEqual(['EVERY_EMPTY 3'])
    expect(await found(rule(`good if {\n\tcount(input.approvals) > 0\n\t${every}\n}`))).toEqual([])
    expect(await found(rule(`good if {\n\t1 <= count(input.approvals)\n\t${every}\n}`))).toEqual([])
  })

  test('or a reason', async () => {
    const every = 'every approval in input.approvals {\n\t\tapproval.at_ms > 0\n\t}'
    expect(await found(rule(`good if {\n\t# may be empty: nobody has to agree\n\t${every}\n}`))).toEqual([])
    expect(await found(rule(`good if {\n\t# may be empty:\n\t${every}\n}`))).toEqual(['EVERY_EMPTY 3'])
  })

  test('over configuration or a list written out wants none', async () => {
    const fixed = 'good if {\n\tevery effect in security.forbidden_effects {\n\t\teffect != "read"\n\t}\n}'
    expect(await found(`import data.config.security\n\n${rule(fixed)}`)).toEqual([])
    expect(await found(rule('good if {\n\tevery hour in [1, 2] {\n\t\tinput.time.hour != hour\n\t}\n}'))).toEqual([])
  })
})

test.each([
  ['numbers.range(1, input.facts.amount)', ['RANGE_BOUNDS 3']],
  ['numbers.range(1, 100000)', ['RANGE_BOUNDS 3']],
  ['numbers.range(1, 12)', []],
])('a range has constant bounds: %s', async (range, expected) => {
  expect(await found(`good if input.time.hour in ${range}\n\ndeny["x"] := "words" if not good`)).toEqual(expected)
})
