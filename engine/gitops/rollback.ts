import { simpleGit } from 'simple-git'
import type { GitHub } from './github/client.ts'
import { createPull, openPullsOf, type Pull } from './github/pulls.ts'
import { getRepository } from './github/repository.ts'
import { gitFault } from './propose/git-fault.ts'
import { gitWithToken, type Remote } from './propose/repository.ts'
import { checkoutOf } from './provenance/checkout.ts'

export interface RollbackProposal {
  root: string
  erp: string
  /** The revision that comes back, and the commit that it was published at. */
  to: number
  commit: string
  reason: string
  github: GitHub
  /** Where its branch is pushed to. */
  remote: Remote
}

/**
 * A pull request that brings an ERP's folders back to what they were at a commit: judged, reviewed and published like
 * any other, under a new and higher revision.
 * @throws GitHubError
 * @returns null where main says it already
 */
export async function proposeRollback(options: RollbackProposal): Promise<Pull | null> {
  const { root, erp, to, commit, reason, github, remote } = options
  const { defaultBranch } = await getRepository(github)
  const checkout = await checkoutOf(root, `refs/remotes/origin/${defaultBranch}`)
  try {
    const git = simpleGit({ baseDir: checkout.root })
    const folders = [`erps/${erp}`, `policies/${erp}`]
    await git.raw(['rm', '-r', '-q', '--ignore-unmatch', '--', ...folders])
    await git.raw(['checkout', commit, '--', ...folders])
    if ((await git.raw(['status', '--porcelain'])) === '') return null
    const branch = `rollback-${erp}-to-${to}`
    const title = `Roll ${erp} back to revision ${to}`
    await git.raw([...(await committer(root)), 'commit', '--quiet', '-m', `${title}\n\n${reason}`])
    await pushed(checkout.root, remote, branch)
    const [open] = await openPullsOf(github, branch)
    return open ?? (await createPull(github, { title, body: bodyOf(options), head: branch, base: defaultBranch }))
  } finally {
    await checkout.remove()
  }
}

function bodyOf({ erp, to, commit, reason }: RollbackProposal): string {
  return `${reason}

This brings \`erps/${erp}\` and \`policies/${erp}\` back to what they were at ${commit}, which revision ${to} was made of.
What is shared by all ERPs (\`policies/shared\`) stays as it is. It is published under a new revision, above all there were.
`
}

/**
 * Who commits: whoever runs this; where git knows nobody, as in a workflow, the account of GitHub Actions. It has to be
 * an account of GitHub: a commit that belongs to nobody is never published, since an approver may have written it.
 */
async function committer(root: string): Promise<string[]> {
  const own = simpleGit({ baseDir: root })
  const known = async (key: string): Promise<string> => (await own.raw(['config', '--get', key]).catch(() => '')).trim()
  const [name, email] = await Promise.all([known('user.name'), known('user.email')])
  if (name !== '' && email !== '') return ['-c', `user.name=${name}`, '-c', `user.email=${email}`]
  // Source: https://github.com/actions/checkout#push-a-commit-using-the-built-in-token
  const bot = '41898282+github-actions[bot]@users.noreply.github.com'
  return ['-c', 'user.name=github-actions[bot]', '-c', `user.email=${bot}`]
}

/** Never by force: what somebody has committed to this branch stays. */
async function pushed(folder: string, remote: Remote, branch: string): Promise<void> {
  try {
    await gitWithToken(folder, remote).raw(['push', '--quiet', remote.url, `HEAD:refs/heads/${branch}`])
  } catch (error) {
    throw gitFault(error, 'the push', remote.repository)
  }
}
