import type { CommitInfo } from './git.ts'
import { type Account, accountOfEmail, type Repo, type StoredPull, type World } from './world.ts'

/** Parts of GitHub's answers that several operations share; the contract fills in what they leave out. */
export function userShape(account: Account | null): object | null {
  if (account === null) return null
  return { login: account.login, id: account.id, type: account.type }
}

export function repoShape(repo: Repo, api: string): object {
  return {
    id: repo.id,
    name: repo.name,
    full_name: `${repo.owner}/${repo.name}`,
    private: repo.private,
    owner: { login: repo.owner, id: 1, type: repo.ownerType },
    default_branch: repo.defaultBranch,
    clone_url: `${new URL(api).origin}/${repo.owner}/${repo.name}.git`,
    html_url: `${new URL(api).origin}/${repo.owner}/${repo.name}`,
  }
}

export function pullShape(repo: Repo, pull: StoredPull, base: string, api: string): object {
  const side = (of: Repo, ref: string, sha: string): object => ({
    label: `${of.owner}:${ref}`,
    ref,
    sha,
    repo: repoShape(of, api),
    user: { login: of.owner, id: 1, type: of.ownerType },
  })
  return {
    id: pull.number,
    number: pull.number,
    title: pull.title,
    body: pull.body,
    state: pull.state,
    draft: pull.draft,
    user: userShape(pull.by),
    html_url: `${new URL(api).origin}/${repo.owner}/${repo.name}/pull/${pull.number}`,
    head: side(pull.headRepo, pull.headRef, pull.headSha),
    base: side(repo, pull.baseRef, pull.merged === null ? base : pull.baseSha),
    merged: pull.merged !== null,
    merged_at: pull.merged?.at ?? null,
    merged_by: userShape(pull.merged?.by ?? null),
    merge_commit_sha: pull.merged?.commit ?? null,
    mergeable: true,
    labels: [...pull.labels].map((name) => ({ name })),
  }
}

export function commitShape(world: World, { sha, parents, author, committer, message, tree }: CommitInfo): object {
  return {
    sha,
    commit: {
      message,
      tree: { sha: tree },
      author: { name: author.replace(/@.*/, ''), email: author },
      committer: { name: committer.replace(/@.*/, ''), email: committer },
    },
    author: userShape(accountOfEmail(world, author)),
    committer: userShape(accountOfEmail(world, committer)),
    parents: parents.map((parent) => ({ sha: parent, url: '' })),
  }
}
