/** Somebody GitHub knows: a person, or an app's installation such as a workflow's. */
export interface Account {
  login: string
  id: number
  type: 'User' | 'Bot'
  token: string
  /** Of an app: what it is known by in a ruleset's required checks. */
  app: { id: number; slug: string } | null
  /** Scopes of the token that are missing, by the first word of the operation: `pulls`, `issues`, `contents`. */
  lacks: Set<string>
}

export type Right = 'admin' | 'write' | 'read'

export interface StoredReview {
  id: number
  by: Account
  state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED'
  body: string
  commit: string
  at: string
}

export interface StoredPull {
  number: number
  title: string
  body: string
  by: Account
  state: 'open' | 'closed'
  draft: boolean
  headRepo: Repo
  headRef: string
  headSha: string
  baseRef: string
  /** The base at the time of its merge. */
  baseSha: string
  merged: { at: string; by: Account; commit: string; brought: string[] } | null
  reviews: StoredReview[]
  /** Who pushed the present head. */
  pushedBy: string
  labels: Set<string>
}

export interface StoredIssue {
  number: number
  title: string
  body: string
  by: Account
  state: 'open' | 'closed'
  labels: Set<string>
}

export interface StoredComment {
  id: number
  number: number
  by: Account
  body: string
}

export interface StoredCheck {
  id: number
  sha: string
  name: string
  app: { id: number; slug: string }
  status: string
  conclusion: string | null
}

export interface StoredStatus {
  id: number
  sha: string
  context: string
  state: string
  by: Account
}

export interface Rule {
  type: string
  parameters?: Record<string, unknown>
}

export interface Ruleset {
  id: number
  name: string
  target: string
  enforcement: string
  bypass_actors: { actor_id: number | null; actor_type: string; bypass_mode: string }[]
  conditions: { ref_name?: { include?: string[]; exclude?: string[] } }
  rules: Rule[]
}

export interface Repo {
  id: number
  owner: string
  name: string
  /** Path of the bare repository. */
  bare: string
  private: boolean
  /** Rulesets on a private repository take a paid plan. */
  plan: 'free' | 'paid'
  ownerType: 'User' | 'Organization'
  defaultBranch: string
  rights: Map<string, Right>
  pulls: StoredPull[]
  issues: StoredIssue[]
  comments: StoredComment[]
  checks: StoredCheck[]
  statuses: StoredStatus[]
  rulesets: Ruleset[]
  /** Branch → who moved it last. */
  pushedBy: Map<string, string>
  /** The setting “Allow GitHub Actions to create and approve pull requests”. */
  actionsMayApprove: boolean
}

export interface World {
  accounts: Map<string, Account>
  repos: Map<string, Repo>
  /** Numbers for whatever needs one. */
  next(): number
  now(): string
}

/** What stands at `owner/name`. */
export function repoOf(world: World, owner: string, name: string): Repo | undefined {
  return world.repos.get(`${owner}/${name}`.toLowerCase())
}

/** By the address of a commit: `<login>@example.test` is that account's, and so is the one that GitHub gives to everybody. */
export function accountOfEmail(world: World, email: string): Account | null {
  return world.accounts.get(email.replace(/@example\.test$|^(?:\d+\+)?(.+)@users\.noreply\.github\.com$/, '$1')) ?? null
}

/** What somebody may do: what is public, all may read. */
export function rightOf(repo: Repo, account: Account | null): Right | null {
  return repo.rights.get(account?.login ?? '') ?? (repo.private ? null : 'read')
}
