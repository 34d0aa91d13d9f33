import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Verdict } from '../../../../engine/gitops/gate.ts'
import { openGitHub } from '../../../../engine/gitops/github/client.ts'
import { type Proposal, propose } from '../../../../engine/gitops/propose/propose.ts'
import { repositoryOf } from '../../../../engine/gitops/propose/repository.ts'
import { parseSetting } from '../../../../engine/gitops/propose/set-value.ts'
import { type Clone, cloneAs, seedRepo } from '../../../helpers/github/clone.ts'
import { git } from '../../../helpers/github/git.ts'
import { type GitHubStandIn, startGitHub } from '../../../helpers/github/stand-in.ts'

let stand: GitHubStandIn
let clone: Clone
let waits: string[] = []
const REPO = 'acme/policies'
const RBAC = 'policies/omie/rbac.yaml'
const LIMIT = `${RBAC}:/rbac/up_to=900.00`

beforeAll(async () => {
  stand = await startGitHub()
  await stand.addRepo(REPO, { rights: { author: 'write', colleague: 'write', guest: 'read' } })
  await seedRepo(stand, REPO, {
    files: {
      [RBAC]: '# Who may do what.\nrbac:\n  up_to: 1000.00 # reais\n\n\n\n\n  window_days: 30\n',
      'erps/omie/erp.yaml': 'erp: omie\n',
      '.github/approvers.yaml': 'approvers:\n  first: []\n  second: [author, approver]\n',
      '.gitignore': '*.log\n',
    },
  })
})
afterAll(() => stand.stop())
beforeEach(async () => {
  clone = await cloneAs(stand, REPO, 'author')
  waits = []
})
afterEach(() => clone.remove())

/** What the gate comes to has tests of its own. */
const NARROWER: Verdict = {
  findings: [],
  diff: { wider: [], narrower: [], obligations: [], unreached: [], catalogue: [], contexts: 7 },
  risk: { class: 'narrowing', reasons: ['1 change lets somebody do less'], second_group: false },
}

interface As {
  login?: string
  token?: string
  set?: string[]
  branch?: string
  dryRun?: boolean
  repository?: string
  verdict?: Verdict
}

/** Proposes out of the clone, with the real git, to the stand-in. */
async function proposed(message: string, as: As = {}): Promise<Proposal> {
  const { login = 'author', set = [], branch, dryRun = false, repository = REPO, verdict = NARROWER } = as
  const token = as.token ?? stand.account(login).token
  const home = await mkdtemp(join(tmpdir(), 'alcada-home-'))
  const url = `${stand.serverUrl}/${repository}.git`
  return propose({
    ...{ project: clone.folder, message, settings: set.map(parseSetting), branch, dryRun },
    github: openGitHub({ apiUrl: stand.apiUrl, token, repository, onWait: (why) => void waits.push(why) }),
    remote: { url, repository, token, searchPath: process.env['PATH'] ?? '', home },
    judge: async (root, base) => {
      judgedText = await readFile(join(root, RBAC), 'utf8')
      return { verdict, base, sources: {}, parity: [] }
    },
    impact: async () => null,
    onProgress: () => undefined,
  }).finally(() => rm(home, { recursive: true }))
}
let judgedText = ''

const write = (path: string, text: string): Promise<void> => writeFile(join(clone.folder, path), text)
const edit = async (from: string, to: string): Promise<void> => {
  const text = await readFile(join(clone.folder, RBAC), 'utf8')
  expect(text).toContain(from)
  await write(RBAC, text.replace(from, to))
}
const atGitHub = (branch: string, path = RBAC): Promise<string> =>
  git(stand.repo(REPO).bare, ['show', `refs/heads/${branch}:${path}`])

/** Commits to a branch as somebody else, in their own clone. */
async function colleague(branch: string, message: string, change: (text: string) => string): Promise<string> {
  const other = await cloneAs(stand, REPO, 'colleague')
  await other.git('checkout', '--quiet', branch)
  const text = await readFile(join(other.folder, RBAC), 'utf8')
  const sha = await other.commit(message, { [RBAC]: change(text) })
  await other.git('push', '--quiet', 'origin', branch)
  await other.remove()
  return sha
}

describe('from the working tree', () => {
  const place = async (): Promise<string[]> => [
    await clone.git('status', '--porcelain=v2', '--branch'),
    await clone.git('for-each-ref'),
    await clone.git('stash', 'list'),
    await clone.git('config', '--list', '--local'),
  ]

  test('the change is on a branch and in a pull request, and the user is where they were', async () => {
    await clone.git('checkout', '--quiet', '-b', 'my-own')
    await edit('1000.00', '800.00')
    await write('policies/omie/new.yaml', 'new: 1\n')
    await write('added.md', 'mine\n')
    await clone.git('add', 'added.md')
    await write('notes.txt', 'not for others\n')
    await write('policies/omie/run.log', 'ignored\n')
    const before = await place()
    const { branch, pushed, pull, updated, leftOut } = await proposed(
      'Lower what operators settle alone\n\nThe bank asked.',
    )
    expect({ branch, updated, leftOut }).toEqual({
      branch: 'alcada/lower-what-operators-settle-alone',
      updated: false,
      leftOut: ['notes.txt'],
    })
    const files = await git(stand.repo(REPO).bare, ['diff', '--name-status', 'main', branch])
    expect(files).toBe(`A\tadded.md\nA\tpolicies/omie/new.yaml\nM\t${RBAC}`)
    expect(judgedText).toBe(`${await atGitHub(branch)}\n`)
    expect(pull).toMatchObject({ title: 'Lower what operators settle alone', author: 'author', head: { sha: pushed } })
    expect(pull?.body).toMatch(
      /^The bank asked\.\n\n<!-- alcada:summary -->\n### ✅ Nobody may do more than before; somebody may do less\n/,
    )
    expect(pull?.body).toContain('one of `approver`, `author` who neither opened it nor committed to it')
    expect(pull?.body).toContain('- [ ] Each row under “Somebody may do more” is meant')
    expect(await place()).toEqual(before)
    expect(before.join()).not.toMatch(/token|extraheader/i)
  })

  test('the token stands in no address, no file of the clone and no list of processes', async () => {
    const basic = Buffer.from('x-access-token:token-of-author').toString('base64')
    const lists: string[] = []
    let over = false
    const run = proposed('Secret', { set: [LIMIT] }).finally(() => {
      over = true
    })
    while (!over) lists.push(await git(clone.folder, ['version']).then(() => psList()))
    await run
    expect(lists.some((list) => list.includes('git-remote-http'))).toBe(true)
    expect(lists.filter((list) => list.includes('token-of-author') || list.includes(basic))).toEqual([])
  })

  test('proposed again, it updates the same pull request by one commit more, and keeps what people wrote', async () => {
    await edit('1000.00', '700.00')
    const first = await proposed('Lower it twice')
    const pull = stand.repo(REPO).pulls.find(({ number }) => number === first.pull?.number)!
    pull.body = `Read me first.\n\n${pull.body.replace('- [ ] Each row', '- [x] Each row')}`
    await edit('700.00', '600.00')
    const verdict: Verdict = { ...NARROWER, risk: { ...NARROWER.risk, reasons: ['2 changes let somebody do less'] } }
    const second = await proposed('Lower it twice', { verdict })
    expect([second.pull?.number, second.updated]).toEqual([first.pull?.number, true])
    expect(await git(stand.repo(REPO).bare, ['rev-parse', `${second.pushed}^`])).toBe(first.pushed)
    expect(pull.body).toMatch(/^Read me first\./)
    expect(pull.body).toContain('- [x] Each row')
    expect(pull.body.match(/<!-- alcada:summary -->/g)).toHaveLength(1)
    expect(pull.body).toContain('2 changes let somebody do less')
    expect(pull.body).not.toContain('1 change lets')
    expect(await proposed('Lower it twice')).toMatchObject({ pushed: null, updated: true })
  })

  test('what the default branch got meanwhile elsewhere stays out of the change', async () => {
    await edit('1000.00', '650.00')
    await proposed('Lower later')
    await colleague('main', 'Longer window', (text) => text.replace('window_days: 30', 'window_days: 31'))
    await clone.git('stash', '--quiet')
    await clone.git('pull', '--quiet')
    await clone.git('stash', 'pop', '--quiet')
    await edit('650.00', '640.00')
    const { branch } = await proposed('Lower later')
    expect(await git(stand.repo(REPO).bare, ['diff', '--numstat', `main...${branch}`])).toBe(`1\t1\t${RBAC}`)
  })

  test('a change with an error is not pushed', async () => {
    await edit('1000.00', '1.00')
    const finding = { code: 'X', severity: 'error', file: RBAC, line: 1, column: 1, message: 'm', help: 'h' } as const
    const done = await proposed('Broken', { verdict: { ...NARROWER, findings: [finding] } })
    expect([done.pushed, done.pull]).toEqual([null, null])
    await expect(atGitHub('alcada/broken')).rejects.toThrow()
  })

  test('a dry run pushes nothing, and takes a right to read only', async () => {
    await edit('1000.00', '1.00')
    const done = await proposed('Dry', { dryRun: true, login: 'guest' })
    expect(done.body).toContain('### ✅ Nobody may do more')
    await expect(atGitHub('alcada/dry')).rejects.toThrow()
  })

  test('nothing changed', async () => {
    await write('notes.txt', 'x\n')
    await expect(proposed('Nothing')).rejects.toThrow(
      'nothing differs from the default branch: edit a file below policies/ or erps/, or use --set; not looked at: notes.txt',
    )
  })
})

test('with --set exactly that is proposed on top of the default branch, whatever the user is in the middle of', async () => {
  await edit('rbac:', 'rbac: {{{')
  await proposed('Set two', { set: [LIMIT, `${RBAC}:/rbac/window_days=7`] })
  const main = await atGitHub('main')
  const expected = main.replace('up_to: 1000.00', 'up_to: 900.00').replace(/window_days: \d+/, 'window_days: 7')
  expect(await atGitHub('alcada/set-two')).toBe(expected)
  await expect(proposed('x', { set: [`${RBAC}:/rbac/pay=1`] })).rejects.toThrow(
    'has no `/rbac/pay`: `/rbac` has `up_to`',
  )
  await expect(proposed('x', { set: ['policies/none/rbac.yaml:/a=1'] })).rejects.toThrow('is not on the default branch')
})

describe('what others did is never overwritten', () => {
  test('a commit of somebody else on the branch stops it, until it is brought in', async () => {
    const branch = 'alcada/lower-together'
    await edit('1000.00', '400.00')
    await proposed('Lower together')
    const theirs = await colleague(branch, 'Shorten', (text) => text.replace(/window_days: \d+/, 'window_days: 29'))
    await edit('400.00', '300.00')
    await expect(proposed('Lower together')).rejects.toThrow(
      `\`${branch}\` holds commits that are not yours to replace: ${theirs.slice(0, 7)} Shorten (colleague); bring them in with \`git pull origin ${branch}\``,
    )
    expect(await git(stand.repo(REPO).bare, ['rev-parse', branch])).toBe(theirs)
    await clone.git('checkout', '--quiet', '--', '.')
    await clone.git('pull', '--quiet', '--no-rebase', 'origin', branch)
    await edit('400.00', '300.00')
    await proposed('Lower together')
    expect(await atGitHub(branch)).toMatch(/up_to: 300\.00[\s\S]*window_days: 29/)
  })

  test('nor is one that imitates the mark of `propose`', async () => {
    await edit('1000.00', '450.00')
    const { branch } = await proposed('Imitated')
    await colleague(branch, 'Sly\n\nProposed-With: alcada', (text) => `${text}# sly\n`)
    await edit('450.00', '440.00')
    await expect(proposed('Imitated')).rejects.toMatchObject({ code: 'FOREIGN_COMMITS' })
  })

  test('what the default branch says otherwise in the same place is named', async () => {
    await edit('1000.00', '200.00')
    await colleague('main', 'Elsewhere', (text) => text.replace('1000.00', '1500.00'))
    const refused = proposed('Late')
    await expect(refused).rejects.toThrow(
      `the default branch has changed \`${RBAC}\` in the same place; bring it in with`,
    )
    await colleague('main', 'Back', (text) => text.replace('1500.00', '1000.00'))
  })
})

describe('an error says what to do', () => {
  test.each<[string, As, string]>([
    ['a token nobody has', { token: 'revoked' }, 'GitHub refuses the token: Bad credentials; make a new one'],
    ['a user who may read', { login: 'guest' }, 'you may read `acme/policies` and not push to it: ask for write'],
    ['another repository', { repository: 'acme/nothing' }, 'not in `acme/nothing`, or not for this token'],
    ['the default branch', { branch: 'main' }, '`main` takes changes by pull request only; give another --branch'],
  ])('%s', async (_, as, message) => {
    await expect(proposed('x', { set: [LIMIT], ...as })).rejects.toThrow(message)
  })

  test('a token without the right to push, which only git finds out', async () => {
    stand.account('author').lacks.add('contents')
    const refused = expect(proposed('No push', { set: [LIMIT] })).rejects
    await refused.toThrow('the token may not write to `acme/policies`: it needs Contents: write')
    stand.account('author').lacks.clear()
  })

  test('a branch that a ruleset closes', async () => {
    const conditions = { ref_name: { include: ['refs/heads/release'] } }
    const rules = [{ type: 'pull_request' }]
    const closed = {
      id: 1,
      name: 'closed',
      target: 'branch',
      enforcement: 'active',
      bypass_actors: [],
      conditions,
      rules,
    }
    stand.repo(REPO).rulesets.push(closed)
    await git(stand.repo(REPO).bare, ['branch', 'release', 'main'])
    await expect(proposed('x', { set: [LIMIT], branch: 'release' })).rejects.toThrow(
      /the rules of `acme\/policies` do not let the push through: .*GH013.*; give another --branch/,
    )
    stand.repo(REPO).rulesets.pop()
  })

  test('a limit is waited for as GitHub asks, and the wait is told', async () => {
    stand.plant({ kind: 'secondary', retryAfterSeconds: 1, id: 'pulls/create' })
    expect((await proposed('Patient', { set: [LIMIT] })).pull?.number).toBeGreaterThan(0)
    expect(waits).toEqual([
      expect.stringContaining('GitHub asks to wait 1 s: You have exceeded a secondary rate limit'),
    ])
  })

  test('an answer that was lost: run again, it finds what is there', async () => {
    stand.plant({ kind: 'hang up', id: 'pulls/create' })
    await expect(proposed('Lost', { set: [LIMIT] })).rejects.toThrow('GitHub does not answer')
    await proposed('Lost', { set: [LIMIT] })
    expect(stand.repo(REPO).pulls.filter(({ title }) => title === 'Lost')).toHaveLength(1)
  })

  test('no name in git', async () => {
    await clone.git('config', 'user.email', '')
    await expect(proposed('x', { set: [LIMIT] })).rejects.toThrow(
      'git does not know who you are: `git config --global user.email …`',
    )
  })
})

test.each([
  ['https://github.com/acme/policies.git', 'acme/policies'],
  ['git@github.com:acme/policies.git', 'acme/policies'],
  ['ssh://git@github.example:22/acme/policies', 'acme/policies'],
  ['https://someone:secret@github.com/acme/policies/', 'acme/policies'],
])('%s is %s', async (address, name) => {
  await clone.git('remote', 'set-url', 'origin', address)
  expect(await repositoryOf(clone.folder)).toBe(name)
})

async function psList(): Promise<string> {
  const { execFile } = await import('node:child_process')
  return new Promise((done) => execFile('ps', ['-eo', 'args'], { maxBuffer: 8_000_000 }, (_, out) => done(out)))
}
