import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import type { Verdict } from '../../../../engine/gitops/gate.ts'
import { openGitHub } from '../../../../engine/gitops/github/client.ts'
import { type Proposal, propose } from '../../../../engine/gitops/propose/propose.ts'
import { parseSetting } from '../../../../engine/gitops/propose/set-value.ts'
import { type Clone, cloneAs, seedRepo } from '../../../helpers/github/clone.ts'
import { git } from '../../../helpers/github/git.ts'
import { type GitHubStandIn, startGitHub } from '../../../helpers/github/stand-in.ts'

/** A repository on the stand-in, and of each test's own a clone of it as `author`. */
export let stand: GitHubStandIn
export let clone: Clone
/** What was told while GitHub was waited for. */
export let waits: string[] = []
/** The judged file, as it was laid out. */
export let judgedText = ''
export const REPO = 'acme/policies'
export const RBAC = 'policies/omie/rbac.yaml'
export const LIMIT: string = `${RBAC}:/rbac/up_to=900.00`

/** Registers what sets all of it up and takes it down. */
export function setUp(): void {
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
}

/** What the gate comes to has tests of its own. */
export const NARROWER: Verdict = {
  findings: [],
  diff: { wider: [], narrower: [], obligations: [], unreached: [], catalogue: [], contexts: 7 },
  risk: { class: 'narrowing', reasons: ['1 change lets somebody do less'], second_group: false },
}

export interface As {
  login?: string
  token?: string
  set?: string[]
  branch?: string
  dryRun?: boolean
  repository?: string
  verdict?: Verdict
}

/** Proposes out of the clone, with the real git, to the stand-in. */
export async function proposed(message: string, as: As = {}): Promise<Proposal> {
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
      return { verdict, base, sources: {}, changed: [], parity: [], worked: [] }
    },
    impact: async () => null,
    onProgress: () => undefined,
  }).finally(() => rm(home, { recursive: true }))
}
export const write = (path: string, text: string): Promise<void> => writeFile(join(clone.folder, path), text)
export const edit = async (from: string, to: string): Promise<void> => {
  const text = await readFile(join(clone.folder, RBAC), 'utf8')
  expect(text).toContain(from)
  await write(RBAC, text.replace(from, to))
}
export const atGitHub = (branch: string, path: string = RBAC): Promise<string> =>
  git(stand.repo(REPO).bare, ['show', `refs/heads/${branch}:${path}`])

/** Commits to a branch as somebody else, in their own clone. */
export async function colleague(branch: string, message: string, change: (text: string) => string): Promise<string> {
  const other = await cloneAs(stand, REPO, 'colleague')
  await other.git('checkout', '--quiet', branch)
  const text = await readFile(join(other.folder, RBAC), 'utf8')
  const sha = await other.commit(message, { [RBAC]: change(text) })
  await other.git('push', '--quiet', 'origin', branch)
  await other.remove()
  return sha
}
