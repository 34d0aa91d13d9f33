import type { GitHub } from '../github/client.ts'
import { isGitHubError } from '../github/error.ts'
import { actionsMayApprove, getRepository } from '../github/repository.ts'
import { rulesetsOf } from '../github/rulesets.ts'
import type { Hole } from './hole.ts'
import { peopleHoles } from './people-holes.ts'
import { requiredCheck } from './protect.ts'
import { rulesetHoles } from './ruleset-holes.ts'

export interface Diagnosis {
  /** `owner/name` and the branch that was looked at. */
  repository: string
  branch: string
  holes: Hole[]
  /** What the plan or the token does not have, and why nothing depends on it. */
  notes: readonly string[]
}

/** Names every way in which something could be enforced that nobody else agreed to. What cannot be seen is a hole as well. */
export async function diagnose(github: GitHub, asked: { check: string; app: string }): Promise<Diagnosis> {
  const { name, defaultBranch: branch, private: hidden } = await getRepository(github)
  const holes = [
    ...(await rules(github, branch, asked)),
    ...(await workflowApprovals(github)),
    ...(await peopleHoles(github, branch)),
  ]
  return { repository: name, branch, holes, notes: hidden ? PRIVATE : [] }
}

const PRIVATE: readonly string[] = [
  'a private repository has no required reviewers of environments and no artifact attestations below GitHub Enterprise: nothing here depends on them, since `publish` asks for the approvals of the pull request itself',
]

async function rules(github: GitHub, branch: string, { check, app }: { check: string; app: string }): Promise<Hole[]> {
  try {
    return rulesetHoles(await rulesetsOf(github), branch, await requiredCheck(github, check, app))
  } catch (error) {
    if (!isGitHubError(error, 'GITHUB_PLAN')) throw error
    const message = `the plan of \`${github.repository}\` has no rulesets for private repositories: whoever may write may push to \`${branch}\` without a pull request`
    const help =
      'take GitHub Pro or Team, or make the repository public; until then `publish` alone refuses what no pull request brought, and whoever may change workflows is trusted'
    return [{ code: 'PLAN_WITHOUT_RULESETS', message, help }]
  }
}

/** A workflow's own token is nobody, and must not be able to approve. */
async function workflowApprovals(github: GitHub): Promise<Hole[]> {
  try {
    if (!(await actionsMayApprove(github))) return []
    const message = 'a workflow may approve pull requests: who may edit a workflow approves their own change with it'
    const help =
      'Settings → Actions → General: take the tick off “Allow GitHub Actions to create and approve pull requests”'
    return [{ code: 'WORKFLOWS_MAY_APPROVE', message, help }]
  } catch (error) {
    if (!isGitHubError(error, 'GITHUB_NO_RIGHTS', 'GITHUB_NOT_FOUND')) throw error
    const message = 'this token is not told whether workflows may approve pull requests'
    return [
      { code: 'WORKFLOWS_UNSEEN', message, help: 'run it with a token of an administrator (Administration: read)' },
    ]
  }
}
