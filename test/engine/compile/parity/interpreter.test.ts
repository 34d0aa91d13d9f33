// What OPA's interpreter says of each question: asked all at once, and, where an evaluation fails, of each by itself.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import type { Answer, ParityCase } from '../../../../engine/compile/parity/case.ts'
import { interpreterAnswers } from '../../../../engine/compile/parity/interpreter.ts'
import { opaText } from '../../../../engine/contract/canonical.ts'

const POLICY = `package demo

decision := "low" if input.n < 3

decision := data.config.high if input.n > 1

visible := {"b", "a"} if input.n == 7
`
let dir: string

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'alcada-test-interpreter-'))
  mkdirSync(join(dir, 'bundle', 'demo'), { recursive: true })
  writeFileSync(join(dir, 'bundle', 'demo', 'decision.rego'), POLICY)
  writeFileSync(join(dir, 'bundle', 'data.json'), opaText({ config: { high: 'high' } }))
  writeFileSync(join(dir, 'bundle', '.manifest'), opaText({ roots: ['config', 'demo'], rego_version: 1 }))
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const origin = { kind: 'replay', words: '', file: '', line: 1, column: 1 } as const
const decision = (n: number, config: object | null = null): ParityCase => ({
  ...{ entrypoint: 'decision', input: { n }, config, origin },
})
const visible = (n: number): ParityCase => ({ ...decision(n), entrypoint: 'visible' })
const asked = (...cases: ParityCase[]): Promise<Answer[]> =>
  interpreterAnswers(
    'demo',
    cases,
    { bundle: join(dir, 'bundle'), tests: join(dir, 'tests'), schema: '' },
    inject('compiler'),
  )

test('each question has its own answer, in their order: a value, or that there is none', async () => {
  expect(await asked(decision(0), visible(1), visible(7), decision(5), decision(5, { high: 'own' }))).toEqual([
    { is: 'value', value: 'low' },
    { is: 'undefined' },
    { is: 'value', value: ['a', 'b'] },
    { is: 'value', value: 'high' },
    { is: 'value', value: 'own' },
  ])
})

test('an evaluation that fails is told of its own question, and those beside it keep their answers', async () => {
  expect(await asked(decision(0), decision(4), decision(2), visible(1), decision(5), decision(2))).toEqual([
    { is: 'value', value: 'low' },
    { is: 'value', value: 'high' },
    { is: 'error', message: expect.stringContaining('produced conflicting values') },
    { is: 'undefined' },
    { is: 'value', value: 'high' },
    { is: 'error', message: expect.stringContaining('produced conflicting values') },
  ])
})

test('one question, and none', async () => {
  expect(await asked(visible(7))).toEqual([{ is: 'value', value: ['a', 'b'] }])
  expect(await asked()).toEqual([])
})
