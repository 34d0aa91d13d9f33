import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Asked, type Exchange, serveApi } from './api.ts'
import { openContract } from './contract.ts'
import { basicToken, createBare, serveGit } from './git-http.ts'
import { type Fault, Limits } from './limits.ts'
import { type Account, type Repo, type Right, repoOf, type World } from './world.ts'

// A GitHub on loopback: its API at /api, and git over HTTP at /<owner>/<name>.git, on real bare repositories. Every
// request and every answer is held to GitHub's published description; what breaks it fails the test at stop().
// It does not model: organisations and their rulesets, teams, required reviewers of an environment, deployments,
// workflows (a test is the workflow, with the token of `github-actions`), merge queues, auto-merge, signed commits,
// classic branch protection (always “not protected”), e-mail, web hooks, GraphQL, search, moves of a repository, files
// over 1 MB, renames in a list of files, conditional requests, pending reviews and comments on lines.

/** Real number of the app that runs workflows. */
export const ACTIONS_APP = { id: 15_368, slug: 'github-actions' }

export interface RepoOptions {
  /** Default `main`. */
  defaultBranch?: string
  /** Default false. */
  private?: boolean
  /** Default paid. */
  plan?: Repo['plan']
  rights?: Readonly<Record<string, Right>>
}

export interface GitHubStandIn {
  /** For GITHUB_API_URL. */
  apiUrl: string
  /** For GITHUB_SERVER_URL. */
  serverUrl: string
  world: World
  /** Every request of the API, in order. */
  asked: Asked[]
  account(login: string): Account
  /** Makes an account with a token, `token-of-<login>`. */
  addAccount(login: string, app?: Account['app']): Account
  addRepo(name: string, options?: RepoOptions): Promise<Repo>
  repo(name: string): Repo
  /** What the next requests that match meet instead of an answer. */
  plant(fault: Fault): void
  /** What broke GitHub's description since the last time this was asked; a test that means to, asks. */
  takeFaults(): string[]
  /** @throws when anything broke GitHub's description */
  stop(): Promise<void>
}

export async function startGitHub(): Promise<GitHubStandIn> {
  const contract = await openContract()
  const folder = await mkdtemp(join(tmpdir(), 'github-stand-in-'))
  let number = 0
  let clock = Date.UTC(2026, 0, 5, 12)
  const world: World = {
    accounts: new Map(),
    repos: new Map(),
    next: () => ++number,
    // No two things at once: order can be told from the time.
    now() {
      clock += 1_000
      return new Date(clock).toISOString().replace('.000', '')
    },
  }
  const asked: Asked[] = []
  const faults: string[] = []
  const limits = new Limits()
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://stand-in')
    const served = url.pathname.startsWith('/api/')
      ? serveApi({ request, response, url }, { contract, world, limits, asked, faults })
      : serveGitOf({ request, response, url }, world)
    served.catch((error: unknown) => {
      faults.push(String(error instanceof Error ? error.stack : error))
      response.destroy()
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  const serverUrl = `http://127.0.0.1:${port}`

  const addAccount: GitHubStandIn['addAccount'] = (login, app = null) => {
    const account: Account = {
      login,
      id: world.next(),
      type: app === null ? 'User' : 'Bot',
      token: `token-of-${login}`,
      app,
      lacks: new Set(),
    }
    world.accounts.set(login, account)
    return account
  }
  addAccount('github-actions[bot]', ACTIONS_APP)
  return {
    apiUrl: `${serverUrl}/api`,
    serverUrl,
    world,
    asked,
    addAccount,
    account: (login) => found(world.accounts.get(login), login),
    async addRepo(name, options = {}) {
      const [owner = '', short = ''] = name.split('/')
      const bare = join(folder, `${owner}+${short}.git`)
      const { defaultBranch = 'main', plan = 'paid', rights = {} } = options
      await createBare(bare, defaultBranch)
      const repo: Repo = {
        ...{
          id: world.next(),
          owner,
          name: short,
          bare,
          private: options.private ?? false,
          plan,
          ownerType: 'Organization',
          defaultBranch,
        },
        rights: new Map([['github-actions[bot]', 'write'], ...Object.entries(rights)]),
        ...{
          pulls: [],
          issues: [],
          comments: [],
          checks: [],
          statuses: [],
          rulesets: [],
          pushedBy: new Map(),
          actionsMayApprove: false,
        },
      }
      for (const login of repo.rights.keys()) if (!world.accounts.has(login)) addAccount(login)
      world.repos.set(name.toLowerCase(), repo)
      return repo
    },
    repo: (name) => found(world.repos.get(name.toLowerCase()), name),
    plant: (fault) => limits.plant(fault),
    takeFaults: () => faults.splice(0),
    async stop() {
      server.closeAllConnections()
      await new Promise<void>((done) => server.close(() => done()))
      await rm(folder, { recursive: true, force: true })
      if (faults.length > 0) throw new Error(`expected what GitHub's description allows, got:\n${faults.join('\n')}`)
    },
  }
}

function found<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`the stand-in has no \`${name}\``)
  return value
}

async function serveGitOf(exchange: Exchange, world: World): Promise<void> {
  const [, owner = '', name = ''] = exchange.url.pathname.split('/')
  const repo = repoOf(world, owner, name.replace(/\.git$/, ''))
  const token = basicToken(exchange.request)
  const account = [...world.accounts.values()].find((one) => one.token === token) ?? null
  await serveGit(exchange, repo, account)
}
