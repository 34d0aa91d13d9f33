import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { openPolicyCompiler, type PolicyCompiler } from '../../../engine/compile/compile.ts'
import type { CheckedErp } from '../../../engine/validate/checked.ts'
import { checkedErp, edited, lineOf, placesOf, withRego } from './project.ts'

const ALCADA = 'policies/shared/alcada.rego'
const SAFETY = 'policies/shared/safety.rego'
const OWN = 'policies/omie/own.rego'
const RBAC = 'policies/omie/rbac.rego'
/** What `opa check` and `opa build` find is found by the fast checks as by all: only what the others add is asked of all. */
const FAST = { checks: 'fast' } as const
let compiler: PolicyCompiler
let omie: CheckedErp

beforeAll(async () => {
  compiler = await openPolicyCompiler({ compiler: inject('compiler') })
  omie = await checkedErp('omie')
})
afterAll(() => compiler.close())

test('a syntax error is found where it stands, once, and no bundle is made', async () => {
  const { findings, files, digest } = await compiler.compileErp(withRego(omie, OWN, 'package omie.own\n\nx if {\n'))
  expect(placesOf(findings)).toEqual([`REGO_SYNTAX ${OWN}:4`])
  expect([files.size, digest]).toEqual([0, ''])
})

test('a misspelt path below input is found', async () => {
  const { findings } = await compiler.compileErp(
    edited(omie, ALCADA, 'input.facts.counterparty', 'input.facts.conterparty'),
    FAST,
  )
  const line = lineOf(omie, ALCADA, 'input.facts.counterparty')
  expect(findings).toContainEqual(expect.objectContaining({ code: 'REGO_INVALID', file: ALCADA, line }))
})

test('a misspelt argument is found, since no tool takes it', async () => {
  const own = 'package omie.own\n\nx if input.args.amuont > 1\n'
  const { findings } = await compiler.compileErp(withRego(omie, OWN, own), FAST)
  expect(placesOf(findings)).toContain(`REGO_INVALID ${OWN}:3`)
})

test.each([
  'time.now_ns() > 1',
  'replace(input.tool.name, "", "x") == "x"',
  'http.send({}).status_code == 200',
  'sprintf("%d", [1]) == "1"',
])('a builtin outside the dialect is found: %s', async (expression) => {
  const { findings, files } = await compiler.compileErp(
    withRego(omie, OWN, `package omie.own\n\nx if ${expression}\n`),
    FAST,
  )
  expect(placesOf(findings)).toContain(`REGO_INVALID ${OWN}:3`)
  expect(findings.map(({ message }) => message).join()).toContain('undefined function')
  expect(files.size).toBe(0)
})

test('an unused import is found', async () => {
  const text = (omie.rego[SAFETY] ?? '').replace(
    'import data.config.tools\n',
    'import data.config.rbac\nimport data.config.tools\n',
  )
  const { findings } = await compiler.compileErp(withRego(omie, SAFETY, text), FAST)
  expect(placesOf(findings)).toContain(`REGO_INVALID ${SAFETY}:${lineOf(omie, SAFETY, 'import data.config.tools')}`)
})

test('an entrypoint that is gone is found', async () => {
  const { findings, files } = await compiler.compileErp(
    edited(omie, 'policies/omie/decision.rego', 'visible :=', 'seen :='),
  )
  expect(findings.map(({ message }) => message).join()).toContain('omie/visible')
  expect(files.size).toBe(0)
})

test('a file that `opa fmt` would write otherwise is found at its first such line', async () => {
  const { findings } = await compiler.compileErp(edited(omie, RBAC, 'deny := ', 'deny :=   '))
  expect(placesOf(findings)).toEqual([`REGO_FORMAT ${RBAC}:${lineOf(omie, RBAC, 'deny :=')}`])
})

test('a failing test is found by its name', async () => {
  const file = 'policies/shared/safety_test.rego'
  const { findings } = await compiler.compileErp(edited(omie, file, '86401', '86400'))
  expect(placesOf(findings)).toEqual([
    `REGO_TEST_FAILED ${file}:${lineOf(omie, file, 'test_an_older_token_is_refused')}`,
  ])
  expect(findings[0]?.message).toBe('`shared.safety_test.test_an_older_token_is_refused` does not hold')
})

test('a test that does not compile is found in the test', async () => {
  const file = 'policies/shared/safety_test.rego'
  const { findings } = await compiler.compileErp(edited(omie, file, 'fixture.payment, fixture.config', 'payment'))
  expect(placesOf(findings)).toEqual([`REGO_INVALID ${file}:${lineOf(omie, file, 'fixture.payment, fixture.config')}`])
})

test('lines that no test reaches are found as one range', async () => {
  const own = 'package omie.own\n\nx if {\n\tinput.tool.effect == "settle"\n\tinput.facts.amount == 7\n}\n'
  const { findings } = await compiler.compileErp(withRego(omie, OWN, own))
  expect(placesOf(findings)).toEqual([`REGO_UNCOVERED ${OWN}:3`])
})

test('the fast checks leave tests and format out, and still find what does not compile', async () => {
  const unformatted = edited(omie, RBAC, 'deny := ', 'deny :=   ')
  expect((await compiler.compileErp(unformatted, { checks: 'fast' })).findings).toEqual([])
  const misspelt = edited(omie, ALCADA, 'input.facts.counterparty', 'input.facts.conterparty')
  expect((await compiler.compileErp(misspelt, { checks: 'fast' })).findings.length).toBeGreaterThan(0)
})

test('arguments of an upstream MCP server are known by name, whatever its schemas say', async () => {
  const upstream = structuredClone(omie)
  upstream.catalogue.erp.kind = 'mcp'
  const tool = upstream.catalogue.tools['get_vendors_list']
  if (tool === undefined) throw new Error('expected a tool to plant a schema in')
  tool.input = { type: 'object', properties: { page: { $ref: 'https://upstream.invalid/page.json' } } }
  const reading = (name: string): string => `package omie.own\n\nx if input.args.${name} == 1\n`
  const known = await compiler.compileErp(withRego(upstream, OWN, reading('page')), { checks: 'fast' })
  expect(known.findings).toEqual([])
  const misspelt = await compiler.compileErp(withRego(upstream, OWN, reading('pgae')), { checks: 'fast' })
  expect(placesOf(misspelt.findings)).toEqual([`REGO_INVALID ${OWN}:3`])
})
