import type { GitHub } from './client.ts'
import { GitHubError, isGitHubError } from './error.ts'

export interface Repository {
  /** `owner/name` as it is now: a renamed one is found under its old name as well. */
  name: string
  defaultBranch: string
  private: boolean
  /** Whose account it is. */
  owner: 'User' | 'Organization'
  allows: { squash: boolean; rebase: boolean; merge: boolean }
  /** What the token's user may do here; null where GitHub does not say. */
  mine: { push: boolean; admin: boolean } | null
}

export async function getRepository({ octokit, at }: GitHub): Promise<Repository> {
  const { data } = await octokit.rest.repos.get(at)
  return {
    name: data.full_name,
    defaultBranch: data.default_branch,
    private: data.private,
    owner: data.owner.type === 'Organization' ? 'Organization' : 'User',
    allows: {
      squash: data.allow_squash_merge ?? true,
      rebase: data.allow_rebase_merge ?? true,
      merge: data.allow_merge_commit ?? true,
    },
    mine: data.permissions === undefined ? null : { push: data.permissions.push, admin: data.permissions.admin },
  }
}

/** Login of the token's user; null for a token that is nobody's (an app's installation, a workflow's). */
export async function ownLogin({ octokit }: GitHub): Promise<string | null> {
  try {
    return (await octokit.rest.users.getAuthenticated()).data.login
  } catch (error) {
    if (isGitHubError(error, 'GITHUB_NO_RIGHTS')) return null
    throw error
  }
}

export type Permission = 'admin' | 'write' | 'read' | 'none'

/** What somebody may do here. Maintain counts as write, triage as read (GitHub's `permission`). */
export async function permissionOf({ octokit, at }: GitHub, login: string): Promise<Permission> {
  try {
    const { data } = await octokit.rest.repos.getCollaboratorPermissionLevel({ ...at, username: login })
    return (['admin', 'write', 'read'] as const).find((one) => one === data.permission) ?? 'none'
  } catch (error) {
    if (isGitHubError(error, 'GITHUB_NOT_FOUND')) return 'none'
    throw error
  }
}

/** The text of a file at a commit or branch; null where there is none. At most 1 MB, GitHub's limit for this. */
export async function fileAt({ octokit, at }: GitHub, path: string, ref: string): Promise<string | null> {
  try {
    const { data } = await octokit.rest.repos.getContent({ ...at, path, ref })
    if (Array.isArray(data) || data.type !== 'file' || !('content' in data)) return null
    return Buffer.from(data.content, 'base64').toString('utf8')
  } catch (error) {
    if (isGitHubError(error, 'GITHUB_NOT_FOUND')) return null
    throw error
  }
}

/** Names of the folders in a folder at a commit or branch, sorted; none where there is no such folder. At most 1000, GitHub's limit for this. */
export async function foldersAt({ octokit, at }: GitHub, path: string, ref: string): Promise<string[]> {
  try {
    const { data } = await octokit.rest.repos.getContent({ ...at, path, ref })
    if (!Array.isArray(data)) return []
    return data.flatMap(({ type, name }) => (type === 'dir' ? [name] : [])).sort()
  } catch (error) {
    if (isGitHubError(error, 'GITHUB_NOT_FOUND')) return []
    throw error
  }
}

/** A commit, by any name GitHub knows it by. */
export async function commitAt({ octokit, at }: GitHub, ref: string): Promise<{ sha: string; parents: string[] }> {
  const { data } = await octokit.rest.repos.getCommit({ ...at, ref })
  return { sha: data.sha, parents: data.parents.map(({ sha }) => sha) }
}

/** The branch's newest commit; null where there is no such branch. */
export async function branchHead({ octokit, at }: GitHub, branch: string): Promise<string | null> {
  try {
    return (await octokit.rest.repos.getBranch({ ...at, branch })).data.commit.sha
  } catch (error) {
    if (isGitHubError(error, 'GITHUB_NOT_FOUND')) return null
    throw error
  }
}

/** The number of an app, which a ruleset's required check is tied to. */
export async function appId({ octokit }: GitHub, slug: string): Promise<number> {
  const { data } = await octokit.rest.apps.getBySlug({ app_slug: slug })
  if (data === null) throw new GitHubError('GITHUB_NOT_FOUND', `GitHub has no app \`${slug}\``)
  return data.id
}

/** What GitHub finds wrong with CODEOWNERS, such as people who may not write. */
export async function codeOwnersFaults({ octokit, at }: GitHub, ref: string): Promise<string[]> {
  const { data } = await octokit.rest.repos.codeownersErrors({ ...at, ref })
  return data.errors.map(({ line, kind, source }) => `line ${line}: ${kind} in \`${source?.trim() ?? ''}\``)
}

/** The setting “Allow GitHub Actions to create and approve pull requests”. Told to administrators alone. */
export async function actionsMayApprove({ octokit, at }: GitHub): Promise<boolean> {
  const { data } = await octokit.rest.actions.getGithubActionsDefaultWorkflowPermissionsRepository(at)
  return data.can_approve_pull_request_reviews
}
