import { simpleGit } from 'simple-git'
import { expect, test } from 'vitest'
import { approversAt, approversIn, approversOf } from '../../../../engine/gitops/risk/approvers.ts'
import { repositoryOf } from '../repository.ts'

const ROOT = new URL('../../../..', import.meta.url).pathname

test('logins are compared in lower case', () => {
  expect(approversOf('approvers:\n  first: [Ana-Lima]\n  second: [rui, EVA_corp]\n')).toEqual({
    groups: { first: ['ana-lima'], second: ['rui', 'eva_corp'] },
    findings: [],
    exists: true,
  })
})

test.each([
  ['a key that is missing', 'approvers:\n  first: [ana]\n', 'KEY_MISSING', 'key `second` is missing here'],
  ['a key nobody knows', 'approvers:\n  first: []\n  secnd: []\n', 'KEY_UNKNOWN', 'key `secnd` is not known here'],
  [
    'a team',
    'approvers:\n  first: [acme/finance]\n  second: []\n',
    'APPROVER_MALFORMED',
    '`acme/finance` looks like a team, and a workflow cannot read who is in one',
  ],
  [
    'an at sign',
    'approvers:\n  first: ["@ana"]\n  second: []\n',
    'APPROVER_MALFORMED',
    'expected a GitHub login, got `@ana`',
  ],
  [
    'a bot',
    'approvers:\n  first: ["dependabot[bot]"]\n  second: []\n',
    'APPROVER_NO_PERSON',
    '`dependabot[bot]` is a program: it cannot answer for a change',
  ],
  [
    'somebody twice',
    'approvers:\n  first: [ana, Ana]\n  second: []\n',
    'APPROVER_REPEATED',
    '`Ana` stands twice in this group',
  ],
  ['YAML that is none', 'approvers: [\n', 'YAML_SYNTAX', null],
])('%s is a finding, and then nobody may approve', (_, text, code, message) => {
  const { groups, findings } = approversOf(text)
  expect(groups).toEqual({ first: [], second: [] })
  expect(findings[0]).toMatchObject({ code, severity: 'error', file: '.github/approvers.yaml' })
  expect(findings[0]?.line).toBeGreaterThan(0)
  if (message !== null) expect(findings[0]?.message).toBe(message)
})

test('a change cannot name those who approve it: the file counts as its base has it', async () => {
  const project = await repositoryOf('omie')
  try {
    expect(await approversAt(project.root, 'HEAD')).toMatchObject({ exists: false, groups: { first: [], second: [] } })
    project.write('.github/approvers.yaml', 'approvers:\n  first: [ana]\n  second: [eva]\n')
    const git = simpleGit({ baseDir: project.root })
    await git.add('.')
    await git.commit('Name the approvers')
    project.write('.github/approvers.yaml', 'approvers:\n  first: [mallory]\n  second: [mallory]\n')
    expect((await approversAt(project.root, 'HEAD')).groups).toEqual({ first: ['ana'], second: ['eva'] })
    expect((await approversIn(project.root)).groups).toEqual({ first: ['mallory'], second: ['mallory'] })
  } finally {
    project.remove()
  }
})

test('our own file has no finding, and names nobody who does not exist', async () => {
  expect(await approversIn(ROOT)).toEqual({ groups: { first: [], second: [] }, findings: [], exists: true })
})
