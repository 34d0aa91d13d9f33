import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { openPolicyCompiler, type PolicyCompiler } from '../../../../engine/compile/compile.ts'
import { type Judge, startJudge } from '../../../../engine/compile/judge.ts'
import { parityFindings } from '../../../../engine/compile/parity/parity.ts'
import { regoTestInputs } from '../../../../engine/compile/parity/rego-inputs.ts'
import { stage } from '../../../../engine/compile/staging.ts'
import { readContent } from '../../../../engine/contract/bundle-content.ts'
import type { Finding } from '../../../../engine/contract/finding.ts'
import type { CheckedErp } from '../../../../engine/validate/checked.ts'
import { checkedErp, edited, withRego } from '../project.ts'

const VERDICT = 'policies/shared/verdict.rego'
let dir: string
let compiler: PolicyCompiler
let judge: Judge
let omie: CheckedErp

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'alcada-test-parity-'))
  compiler = await openPolicyCompiler({ compiler: inject('compiler'), replayDir: join(dir, 'replay') })
  judge = startJudge()
  omie = await checkedErp('omie')
})
afterAll(async () => {
  await Promise.all([compiler.close(), judge.close()])
  await rm(dir, { recursive: true, force: true })
})

async function parted(checked: CheckedErp): Promise<Finding[]> {
  const { findings } = await compiler.compileErp(checked)
  return findings.filter(({ code }) => code === 'PARITY_DIFFERS')
}

test('the shipped policy is asked with every test input, row, canary, boundary and a sample, and all is alike', async () => {
  const { parity, findings } = await compiler.compileErp(omie)
  expect(findings).toEqual([])
  expect(parity).toMatchObject({ erp: 'omie', differing: 0, left: [] })
  const { rego_test = 0, row = 0, canary = 0, boundary = 0, generated } = parity?.inputs ?? {}
  // Every row and every canary asks for a decision and for what the caller sees.
  expect(row).toBe(2 * omie.decisions.rows.length)
  expect(canary).toBe(2 * Math.min(200, omie.decisions.rows.length))
  expect(generated).toBe(370)
  expect(rego_test).toBeGreaterThan(900)
  expect(boundary).toBeGreaterThan(200)
})

describe('what the interpreter and the WASM do differently is found', () => {
  test('a set that leaves unsorted, with the place in the answer and what to do', async () => {
    const planted = edited(omie, VERDICT, '"mask": sort(mask)', '"mask": mask')
    const [finding] = await parted(planted)
    expect(finding).toMatchObject({ severity: 'error', file: 'policies/omie/decisions.yaml' })
    expect(finding?.message).toMatch(
      /^`omie\/decision` asked with the row `.+`: the Rego, interpreted, answers \[.+ at `\/mask`; the WASM that servers run answers \[.+ \(and \d+ more inputs alike\)$/,
    )
    expect(finding?.help).toContain('the elements of a set, which has no order: put them through `sort`')
  })

  test('a set that is joined to a text', async () => {
    const joined = 'concat(", ", {"limit", "band", "total", message})'
    const planted = edited(omie, VERDICT, '"message": message}', `"message": ${joined}}`)
    const messages = (await parted(planted)).map(({ message }) => message)
    expect(messages.find((message) => message.includes('at `/reasons/0/message`'))).toContain('"band, ')
  })

  test('a number that is printed with decimals', async () => {
    const printed = '$"{message} {(input.caller.token_age_s * 0.005) - 0.1}"'
    const planted = edited(omie, VERDICT, '"message": message}', `"message": ${printed}}`)
    const finding = (await parted(planted)).find(({ message }) => message.includes('at `/reasons/0/message`'))
    expect(finding?.message).toContain('0.19999999999999999999" at')
    expect(finding?.help).toContain('a number printed with decimals')
  })

  test('and can be asked again with the file that the finding names', async () => {
    const planted = edited(omie, VERDICT, '"mask": sort(mask)', '"mask": mask')
    const [finding] = await parted(planted)
    const [, file = ''] = /--replay (\S+\.json)`/.exec(finding?.help ?? '') ?? []
    const { entrypoint, input, answers } = JSON.parse(await readFile(file, 'utf8'))
    const origin = { kind: 'replay', words: '', file, line: 1, column: 1 } as const
    const again = await compiler.askBoth(planted, { entrypoint, input, config: null, origin })
    expect(again).toEqual({ interpreted: [answers.interpreter], compiled: [answers.wasm] })
    const mended = await compiler.askBoth(omie, { entrypoint, input, config: null, origin })
    expect(mended?.compiled).toEqual(mended?.interpreted)
  })
})

test('a module that was not made of this Rego is found by the rows at the limit', async () => {
  const other = edited(
    omie,
    'policies/shared/alcada.rego',
    'input.facts.amount <= candidate.up_to',
    'input.facts.amount < candidate.up_to',
  )
  const { files } = await compiler.compileErp(other, { checks: 'fast', differing: 'warning' })
  const staging = await stage(omie, dir)
  const { findings, report } = await parityFindings({
    checked: omie,
    wasm: readContent(files, 'omie').wasm,
    staging,
    compiler: inject('compiler'),
    judge,
    canaries: [],
    tests: await regoTestInputs(omie, staging, inject('compiler')),
    replayDir: join(dir, 'replay'),
  })
  expect(findings[0]).toMatchObject({ code: 'PARITY_DIFFERS', file: 'policies/omie/decisions.yaml' })
  expect(report.differing).toBeGreaterThan(3)
})

test('an input that a test gives in part, and one that no test comes to, are told with their place', async () => {
  const text = [
    'package omie_left_test',
    '',
    'import data.omie',
    '',
    'test_part if omie.decision with input.facts.amount as 5',
    '',
    'nobody_asks if omie.decision with input as {"x": 1}',
    '',
  ].join('\n')
  const planted = withRego(omie, 'policies/omie/left_test.rego', text)
  const staging = await stage(planted, dir)
  const { left } = await regoTestInputs(planted, staging, inject('compiler'))
  expect(left).toEqual([
    'policies/omie/left_test.rego:5 gives a part of the input only',
    'policies/omie/left_test.rego:7 no test comes there with an object',
  ])
})

test('an input that a test computes, loops over or hands to a function is taken as it was asked with', async () => {
  const text = [
    'package omie_taken_test',
    '',
    'import data.omie',
    '',
    'asked(call) if omie.decision.effect with input as call with data.config as {"own": "ção"}',
    '',
    'test_loop if {',
    '\tsome n in [1, 2]',
    '\tasked({"n": n + 1})',
    '\tfalse',
    '}',
    '',
  ].join('\n')
  const staging = await stage(withRego(omie, 'policies/omie/taken_test.rego', text), dir)
  const { taken } = await regoTestInputs(
    withRego({ ...omie, rego: {} }, 'policies/omie/taken_test.rego', text),
    staging,
    inject('compiler'),
  )
  expect(taken.map(({ input, config }) => ({ input, config }))).toEqual([
    { input: { n: 2 }, config: { own: 'ção' } },
    { input: { n: 3 }, config: { own: 'ção' } },
  ])
  expect(taken[0]?.origin).toMatchObject({ file: 'policies/omie/taken_test.rego', line: 5 })
})
