import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { codeOwnersText } from '../../../../engine/gitops/protect/code-owners.ts'
import { peopleIn } from '../../../../engine/gitops/risk/owners.ts'
import { copyProject, type TestProject } from '../../../helpers/alcada/project.ts'

// That owners.yaml is the one place from which CODEOWNERS follows, and that an owner whose approval would count for
// nothing is found.

const ROOT = new URL('../../../..', import.meta.url).pathname
const projects: TestProject[] = []
afterEach(() => {
  for (const project of projects.splice(0)) project.remove()
})

function project(owners: string, approvers: string): string {
  const made = copyProject('omie')
  projects.push(made)
  made.write('policies/omie/owners.yaml', owners)
  made.write('.github/approvers.yaml', approvers)
  return made.root
}

const APPROVERS = 'approvers:\n  first: [ana, rui]\n  second: [eva, bia]\n'
const two = 'owners:\n  - { email: a@x.example, github: Rui }\n  - { email: b@x.example, github: Ana }\n'

test('two owners who may approve are asked about their ERP, and about its tools only where they are of the second group', async () => {
  const { groups, owners, findings } = await peopleIn(project(two, APPROVERS))
  expect(findings).toEqual([])
  expect(codeOwnersText(groups, owners).split('\n').slice(2)).toEqual([
    '* @eva @bia',
    '/policies/ @ana @bia @eva @rui',
    '/policies/omie/ @ana @rui',
    '',
  ])
  const second = two.replace('Rui', 'Eva').replace('Ana', 'bia')
  const these = await peopleIn(project(second, APPROVERS))
  expect(codeOwnersText(these.groups, these.owners).split('\n').slice(4)).toEqual([
    '/erps/omie/ @bia @eva',
    '/policies/omie/ @bia @eva',
    '',
  ])
})

test('one owner alone could have nobody asked about what that one changes: the approvers of all are', async () => {
  const { groups, owners } = await peopleIn(project('owners: [{ email: a@x.example, github: ana }]\n', APPROVERS))
  expect(owners).toEqual({ omie: ['ana'] })
  expect(codeOwnersText(groups, owners)).not.toContain('omie')
})

test('an owner whose approval would not count is a finding at its place, and is not asked', async () => {
  const { groups, owners, findings } = await peopleIn(project(two, APPROVERS.replace('rui', 'max')))
  expect(findings).toMatchObject([
    { code: 'OWNER_NO_APPROVER', severity: 'error', file: 'policies/omie/owners.yaml', line: 2, column: 35 },
  ])
  expect(findings[0]?.message).toBe('`rui` is to review changes of this ERP and is no approver: it would not count')
  expect(codeOwnersText(groups, owners)).not.toContain('rui')
})

test('our own CODEOWNERS is what follows from our own files', async () => {
  const { groups, owners, findings } = await peopleIn(ROOT)
  expect(findings).toEqual([])
  expect(readFileSync(join(ROOT, '.github/CODEOWNERS'), 'utf8')).toBe(codeOwnersText(groups, owners))
})

test('without owners CODEOWNERS follows from the approvers alone', () => {
  const lines = (first: string[], second: string[]): string[] =>
    codeOwnersText({ first, second }, {}).split('\n').slice(2, -1)
  expect(lines([], [])).toEqual(['# Nobody is listed there yet.'])
  expect(lines(['third'], ['author', 'approver'])).toEqual([
    '* @author @approver',
    '/policies/ @approver @author @third',
  ])
})
