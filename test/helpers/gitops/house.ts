import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inject } from 'vitest'
import { newKey } from '../../../engine/access/keys.ts'
import { type GitHub, openGitHub } from '../../../engine/gitops/github/client.ts'
import type { Remote } from '../../../engine/gitops/propose/repository.ts'
import { type Ran, runAlcada } from '../alcada/command.ts'
import { copyAsWritten } from '../alcada/project.ts'
import { type Clone, cloneAs, seedRepo } from '../github/clone.ts'
import { type GitHubStandIn, startGitHub } from '../github/stand-in.ts'

export const REPO = 'acme/policies'
const APPROVERS = 'approvers:\n  first: [ana, bruno]\n  second: [carla]\n'

const RBAC = 'policies/omie/rbac.yaml'
const TABLE = 'policies/omie/decisions.yaml'

/** Without the rows that add something to the limit of R$ 1.000,00: the others follow when it is moved. */
function plainRows(table: string): string {
  const rows = table.split('\n')
  return rows.filter((row) => !/990\.00|interest and fine|does not lower|forgiven|settled_today/.test(row)).join('\n')
}

/** A change of what an operator settles alone at Omie, from R$ 1.000,00 to so many reais, and of the table's rows about it. */
export function limitMoved({ folder }: Clone, reais: number): Record<string, string> {
  const read = (path: string): string => readFileSync(join(folder, path), 'utf8')
  return {
    [RBAC]: read(RBAC).replace('up_to: 1000.00', `up_to: ${reais}.00`),
    [TABLE]: read(TABLE).replaceAll(/\b1000\.0([01])\b/g, `${reais}.0$1`),
  }
}

/** A company whose policies are a repository on GitHub, and the machine that publishes them. */
export interface House {
  stand: GitHubStandIn
  /** The clone that is published from. */
  runner: Clone
  /** The first commit, with which reviewed history begins. */
  began: string
  /** As somebody sees the repository. */
  as(login: string): GitHub
  /** As git reaches it with somebody's token, or with none. */
  remote(login: string | null): Remote
  /** Somebody's clone. */
  clone(login: string): Promise<Clone>
  /** Brings a clone to main as it is there. */
  toMain(clone: Clone): Promise<void>
  /** A branch from main with a commit and a pull request. */
  propose(login: string, branch: string, files: Readonly<Record<string, string>>): Promise<Proposal>
  /** The same by `alcada propose` from somebody's working tree; what it said goes with it. */
  proposeByCommand(
    login: string,
    message: string,
    files: Readonly<Record<string, string>>,
  ): Promise<Proposal & { ran: Ran }>
  /** A clean publish as the workflow does it: its token, its key, its folder. */
  publish(...args: string[]): Promise<Ran>
  /** Any verb there. */
  alcada(...args: string[]): Promise<Ran>
  /** The same in a clone of anybody’s, with the token of this login. */
  alcadaAs(login: string, clone: Clone, ...args: string[]): Promise<Ran>
  /** Where bundles go. */
  channel: string
  trustFile: string
  stop(): Promise<void>
}

export interface Proposal {
  number: number
  head: string
  branch: string
  clone: Clone
  /** Another commit on its branch. */
  more(files: Readonly<Record<string, string>>): Promise<string>
  approve(login: string): Promise<void>
  /** The required check comes to this on its present head. */
  checked(conclusion?: 'success' | 'failure'): Promise<void>
  merge(method?: 'merge' | 'squash' | 'rebase', login?: string): Promise<void>
  /** Deletes its branch, as GitHub does after a merge where it is told to. */
  deleteBranch(): Promise<void>
}

export interface HouseOptions {
  erp?: string
  /** Instead of what this repository has; `null`: no ERP at all, for tests that only look at git and GitHub. */
  files?: Readonly<Record<string, string>> | null
  approvers?: string
}

export async function startHouse({
  erp = 'omie',
  files = {},
  approvers = APPROVERS,
}: HouseOptions = {}): Promise<House> {
  const stand = await startGitHub()
  // Private, as such a company's is: git and the API show nothing of it without a token.
  await stand.addRepo(REPO, { private: true, rights: { ana: 'admin', bruno: 'write', carla: 'write', dora: 'write' } })
  const project = files === null ? null : copyAsWritten(erp)
  const began = await seedRepo(stand, REPO, {
    ...(project === null ? {} : { folder: project.root }),
    files: {
      ...(project === null ? {} : { [TABLE]: plainRows(project.read(TABLE)) }),
      ...{ '.github/approvers.yaml': approvers, '.gitignore': '.alcada/\n', 'README.md': 'Policies\n' },
      ...files,
    },
  })
  project?.remove()
  const runner = await cloneAs(stand, REPO, 'github-actions[bot]')
  const place = join(runner.folder, '.alcada')
  await newKey({ folder: place, use: 'bundle' })
  const clones: Clone[] = [runner]

  const as = (login: string): GitHub =>
    openGitHub({ apiUrl: stand.apiUrl, token: stand.account(login).token, repository: REPO })
  const remote = (login: string | null): Remote => ({
    ...{ url: `${stand.serverUrl}/${REPO}.git`, repository: REPO, home: runner.folder },
    ...{ token: login === null ? undefined : stand.account(login).token, searchPath: process.env['PATH'] ?? '' },
  })
  const clone = async (login: string): Promise<Clone> => {
    const made = await cloneAs(stand, REPO, login)
    clones.push(made)
    return made
  }
  const toMain = async (one: Clone): Promise<void> => {
    await one.git('fetch', '--quiet', 'origin')
    await one.git('checkout', '--quiet', '-B', 'main', 'origin/main')
  }
  const trustFile = join(place, 'trust.json')
  const alcadaAs = (login: string, { folder }: Clone, ...args: string[]): Promise<Ran> =>
    runAlcada(['--root', folder, ...args], {
      ALCADA_OPA: inject('compiler'),
      GITHUB_API_URL: stand.apiUrl,
      GITHUB_SERVER_URL: stand.serverUrl,
      GITHUB_TOKEN: stand.account(login).token,
      GITHUB_REPOSITORY: REPO,
      HOME: runner.folder,
    })
  const alcada = (...args: string[]): Promise<Ran> => alcadaAs('github-actions[bot]', runner, ...args)

  const proposal = (login: string, own: Clone, branch: string, number: number, opened: string): Proposal => {
    let head = opened
    return {
      number,
      branch,
      clone: own,
      get head() {
        return head
      },
      async more(next) {
        head = await own.commit('More', next)
        await own.git('push', '--quiet', 'origin', branch)
        return head
      },
      async approve(by) {
        const { octokit, at } = as(by)
        await octokit.rest.pulls.createReview({ ...at, pull_number: number, event: 'APPROVE', commit_id: head })
      },
      async checked(conclusion = 'success') {
        const { octokit, at } = as('github-actions[bot]')
        const run = { ...at, name: 'check', head_sha: head, status: 'completed', conclusion } as const
        await octokit.rest.checks.create(run)
      },
      async merge(method = 'merge', by = login) {
        const { octokit, at } = as(by)
        await octokit.rest.pulls.merge({ ...at, pull_number: number, merge_method: method })
      },
      async deleteBranch() {
        await own.git('push', '--quiet', 'origin', '--delete', branch)
      },
    }
  }

  return {
    ...{ stand, runner, began, as, remote, clone, toMain, channel: join(place, 'channel'), trustFile },
    async propose(login, branch, changed) {
      const own = await clone(login)
      await own.git('checkout', '--quiet', '-b', branch)
      const head = await own.commit(`Change ${Object.keys(changed).join(', ')}`, changed)
      await own.git('push', '--quiet', 'origin', branch)
      const github = as(login)
      const title = `Proposal ${branch}`
      const { data } = await github.octokit.rest.pulls.create({
        ...github.at,
        title,
        head: branch,
        base: 'main',
        body: 'Why.',
      })
      return proposal(login, own, branch, data.number, head)
    },
    async proposeByCommand(login, message, changed) {
      const own = await clone(login)
      await own.write(changed)
      const ran = await alcadaAs(login, own, 'propose', '-m', message)
      const pull = stand.repo(REPO).pulls.find(({ title, state }) => title === message && state === 'open')
      if (pull === undefined) throw new Error(`expected a pull request, got ${ran.code}: ${ran.err}${ran.out}`)
      await own.git('fetch', '--quiet', 'origin', pull.headRef)
      await own.git('checkout', '--quiet', '--force', '-B', pull.headRef, 'FETCH_HEAD')
      return Object.assign(proposal(login, own, pull.headRef, pull.number, pull.headSha), { ran })
    },
    async publish(...args) {
      await toMain(runner)
      return alcada('publish', ...args)
    },
    alcada,
    alcadaAs,
    async stop() {
      await Promise.all(clones.map((one) => one.remove()))
      await stand.stop()
    },
  }
}
