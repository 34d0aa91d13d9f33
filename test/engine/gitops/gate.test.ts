import { simpleGit } from 'simple-git'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { needsPerson, runGate, type Verdict } from '../../../engine/gitops/gate.ts'
import { formatVerdict } from '../../../engine/report/verdict.ts'
import type { TestProject } from '../../helpers/alcada/project.ts'
import { repositoryOf } from './repository.ts'

let project: TestProject
beforeAll(async () => {
  project = await repositoryOf('omie')
})
afterAll(() => project.remove())
beforeEach(async () => {
  const git = simpleGit({ baseDir: project.root })
  await git.raw(['checkout', '--quiet', '--', '.'])
  await git.raw(['clean', '--quiet', '--force', '-d'])
})

const judged = async (): Promise<Verdict> =>
  (await runGate({ root: project.root, ref: 'HEAD', opa: inject('compiler') })).verdict

test('no change is neutral and green', async () => {
  const verdict = await judged()
  expect(verdict.findings).toEqual([])
  expect(verdict.risk).toEqual({ class: 'neutral', reasons: ['nothing changed'], second_group: false })
  expect(needsPerson(verdict)).toBe(false)
})

describe('a widening that no test notices', () => {
  let verdict: Verdict
  beforeEach(async () => {
    project.write(
      'policies/shared/approval.rego',
      `${project.read('policies/shared/approval.rego')}\namount_approved if {\n\tinput.caller.id == "agent-7"\n\tinput.facts.amount < 3000000\n}\n`,
    )
    verdict = await judged()
  })

  test('turns the gate red and needs the second group', () => {
    expect(needsPerson(verdict)).toBe(true)
    expect(verdict.risk).toMatchObject({ class: 'widening', second_group: true })
  })
})

test('a narrower limit is green, and says so', async () => {
  project.replace('policies/omie/security.yaml', 'until: 18', 'until: 17')
  const verdict = await judged()
  expect(verdict.diff.narrower.length).toBeGreaterThan(0)
  expect(verdict.risk).toMatchObject({ class: 'narrowing', second_group: false })
})

test('a finding is told, and what has one is not compared', async () => {
  project.replace('policies/omie/rbac.yaml', 'approvers: 2, roles: [approver]', 'approvers: 2, roles: [aprover]')
  const verdict = await judged()
  expect(verdict.findings[0]?.code).toBe('ROLE_UNKNOWN')
  expect(verdict.diff.unreached[0]?.sentence).toBe('nothing was compared: the working tree has findings')
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
