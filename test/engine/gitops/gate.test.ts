import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { simpleGit } from 'simple-git'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { openResultCache, type ResultCache } from '../../../engine/gitops/cache/result-cache.ts'
import { type Gated, needsPerson, runGate, type Verdict } from '../../../engine/gitops/gate.ts'
import { formatVerdict } from '../../../engine/report/verdict.ts'
import type { TestProject } from '../../helpers/alcada/project.ts'
import { repositoryOf } from './repository.ts'

let project: TestProject
let place: string
let cache: ResultCache
beforeAll(async () => {
  project = await repositoryOf(['omie', 'tryton'])
  place = mkdtempSync(join(tmpdir(), 'alcada-gate-'))
  cache = await openResultCache({ folder: join(place, 'cache'), keyFile: join(place, 'gate.key') })
})
afterAll(() => {
  project.remove()
  rmSync(place, { recursive: true, force: true })
})
beforeEach(async () => {
  const git = simpleGit({ baseDir: project.root })
  await git.raw(['checkout', '--quiet', '--', '.'])
  await git.raw(['clean', '--quiet', '--force', '-d'])
})

const gated = (more: object = {}): Promise<Gated> =>
  runGate({ root: project.root, ref: 'HEAD', opa: inject('compiler'), cache, ...more })
const judged = async (more: object = {}): Promise<Verdict> => (await gated(more)).verdict

test('no change is neutral and green, and of what did not change nothing is worked out again', async () => {
  const { verdict, worked } = await gated()
  expect(verdict.findings).toEqual([])
  expect(verdict.risk).toEqual({ class: 'neutral', reasons: ['nothing changed'], second_group: false })
  expect(needsPerson(verdict)).toBe(false)
  expect(worked).toEqual(['omie', 'tryton'])
  const again = await gated()
  expect(again.worked).toEqual([])
  expect(again.verdict).toEqual(verdict)
})

describe('Rego that widens, and that no test notices', () => {
  let verdict: Verdict
  beforeAll(async () => {
    project.write(
      'policies/shared/approval.rego',
      `${project.read('policies/shared/approval.rego')}\namount_approved if {\n\tinput.caller.id == "agent-7"\n\tinput.facts.amount < 3000000\n}\n`,
    )
    verdict = await judged({ erps: ['omie'] })
  })

  test('turns the gate red in words that need no Rego to be understood', () => {
    expect(needsPerson(verdict)).toBe(true)
    expect(verdict.diff.wider.map(({ sentence }) => sentence)).toContain(
      'operator calls create_payment on omie where the caller is agent-7 and the amount is R$ 29.999,99: now is allowed, before it needed 1 approver (approver)',
    )
    expect(verdict.risk).toMatchObject({ class: 'widening', second_group: true })
  })

  test('is told beside the line that no test covers', () => {
    expect(verdict.findings.map(({ code }) => code)).toContain('REGO_UNCOVERED')
  })

  test('is an error of its own for GitHub and JUnit', () => {
    expect(formatVerdict(verdict, 'github', { changed: ['policies/shared/approval.rego'] })).toMatch(
      /^::error file=policies\/shared\/approval\.rego,line=1,col=1,title=ACCESS_WIDER::operator calls create_payment on omie where /m,
    )
    expect(formatVerdict(verdict, 'junit')).toContain('<failure type="ACCESS_WIDER"')
    expect(
      JSON.parse(formatVerdict(verdict, 'sarif')).runs[0].results.map((each: { ruleId: string }) => each.ruleId),
    ).toContain('ACCESS_WIDER')
  })

  test('leaves nothing unsaid of the ERPs that were not asked for', () => {
    expect(verdict.diff.unreached.map(({ sentence }) => sentence)).toContain(
      '`policies/shared/approval.rego` changed, and only some ERPs were compared',
    )
  })
})

test('a narrower limit is green, and says so', async () => {
  project.replace('policies/omie/security.yaml', 'until: 18', 'until: 17')
  const { verdict, worked } = await gated()
  expect(worked).toEqual(['omie'])
  expect(verdict.diff.narrower.length).toBeGreaterThan(0)
  expect(verdict.risk).toMatchObject({ class: 'narrowing', second_group: false })
})

test('a finding is told, and what has one is not compared', async () => {
  project.replace('policies/omie/rbac.yaml', 'approvers: 2, roles: [approver]', 'approvers: 2, roles: [aprover]')
  const verdict = await judged()
  expect(verdict.findings[0]?.code).toBe('ROLE_UNKNOWN')
  expect(verdict.diff.unreached[0]?.sentence).toBe(
    'omie was not compared: the working tree has findings: ROLE_UNKNOWN policies/omie/rbac.yaml:22',
  )
  expect(verdict.risk.class).toBe('widening')
  expect(needsPerson(verdict)).toBe(true)
})

test('code is code, whatever the policies say', async () => {
  project.write('engine/contract/decision.ts', 'export {}\n')
  expect((await judged()).risk).toEqual({
    class: 'code',
    reasons: ['`engine/contract/decision.ts` changed, which is part of the engine that proves and builds policies'],
    second_group: true,
  })
})

test('JSON has the keys that are promised', async () => {
  const json: unknown = JSON.parse(formatVerdict(await judged(), 'json'))
  expect(Object.keys(json as object)).toEqual(['findings', 'diff', 'risk'])
  expect(json).toMatchObject({
    findings: [],
    diff: { wider: [], narrower: [], obligations: [], unreached: [], catalogue: [] },
    risk: { class: 'neutral', reasons: ['nothing changed'], second_group: false },
  })
})

test('a compiler that does not build the same twice turns the gate red', async () => {
  const compiler = join(place, 'opa-that-varies')
  const program = fileURLToPath(new URL('./opa-that-varies.ts', import.meta.url))
  const command = [process.execPath, program, inject('compiler')].map((part) => `'${part}'`).join(' ')
  writeFileSync(compiler, `#!/bin/sh\nexec ${command} "$@"\n`, { mode: 0o755 })
  const { findings } = await judged({ erps: ['tryton'], opa: compiler })
  expect(findings).toEqual([
    {
      code: 'BUILD_NOT_REPRODUCIBLE',
      severity: 'error',
      file: 'policies/tryton/decision.rego',
      line: 1,
      column: 1,
      message: 'two builds of `tryton` from the same sources differ in `policy.wasm`',
      help: 'run `alcada check` with the pinned OPA (unset ALCADA_OPA): what is published has to be what anybody can build again',
    },
  ])
})

test('a result that was tampered with, cut short or brought along counts for nothing', async () => {
  await gated()
  const folder = join(place, 'cache')
  for (const [index, name] of readdirSync(folder).entries()) {
    const text = readFileSync(join(folder, name), 'utf8')
    const [seal = '', body = ''] = text.split('\n')
    const spoilt = [`${seal}\n${body.replace('[]', '[{}]')}`, text.slice(0, 40), `${'0'.repeat(64)}\n${body}`, '']
    writeFileSync(join(folder, name), spoilt[index % spoilt.length] ?? '')
  }
  const { verdict, worked } = await gated()
  expect(worked).toEqual(['omie', 'tryton'])
  expect(verdict.findings).toEqual([])
})
