import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { runAlcada } from '../../helpers/alcada/command.ts'
import type { TestProject } from '../../helpers/alcada/project.ts'
import { repositoryOf } from '../gitops/repository.ts'

let project: TestProject
beforeAll(async () => {
  project = await repositoryOf('tryton')
})
afterAll(() => project.remove())

const check = (...args: string[]): ReturnType<typeof runAlcada> =>
  runAlcada(['--root', project.root, 'check', '--base', 'HEAD', ...args], {
    ALCADA_OPA: inject('compiler'),
    XDG_CACHE_HOME: `${project.root}/.alcada/machine`,
  })

test('what lets somebody do more ends with 3, in words for people and in JSON for programs', async () => {
  project.replace('policies/tryton/security.yaml', 'until: 18', 'until: 20')
  const text = await check()
  expect(text.code).toBe(3)
  expect(text.out).toMatch(
    /^Wider:\n {2}\S.* on tryton where the hour is 18: now is allowed, before it was refused \(outside_hours\)/m,
  )
  expect(text.out).toContain('Risk: widening (needs the approval of somebody of the second group)\n')
  const json = await check('--format', 'json')
  expect(json.code).toBe(3)
  const verdict: unknown = JSON.parse(json.out)
  expect(verdict).toMatchObject({
    diff: { narrower: [], unreached: [], catalogue: [] },
    risk: { class: 'widening', second_group: true },
  })
})

test('a ref that is not there is told with what to do', async () => {
  const { code, err } = await runAlcada(['--root', project.root, 'check', '--base', 'nowhere'], {
    ALCADA_OPA: inject('compiler'),
  })
  expect(code).toBe(1)
  expect(err).toContain('`nowhere` names no commit here')
})
