import { gitFault } from './git-fault.ts'
import { gitWithToken, type Remote } from './repository.ts'
import type { Workshop } from './workshop.ts'

/** Newest commits at GitHub of the default branch and of the proposal's; null: not there yet. */
export interface Fetched {
  base: string
  branch: string | null
}

/** Fetches both into the workshop; the user's own remote branches stay as they are. @throws GitHubError */
export async function fetchBranches(
  { folder, git }: Workshop,
  remote: Remote,
  names: { base: string; branch: string },
): Promise<Fetched> {
  const shown = gitWithToken(folder, remote)
  try {
    const refs = [names.base, names.branch].map((name) => `refs/heads/${name}`)
    const listed = await shown.raw(['ls-remote', remote.url, ...refs])
    const wanted = refs.filter((ref) => listed.split(/\s/).includes(ref))
    await shown.raw([
      'fetch',
      '--quiet',
      '--no-tags',
      remote.url,
      ...wanted.map((ref, at) => `+${ref}:refs/alcada/${at}`),
    ])
    const [base, branch] = await Promise.all(
      refs.map(async (ref) =>
        wanted.includes(ref) ? (await git.revparse([`refs/alcada/${wanted.indexOf(ref)}`])).trim() : null,
      ),
    )
    if (base === null || base === undefined) throw new Error(`branch ${names.base} not found`)
    return { base, branch: branch ?? null }
  } catch (error) {
    throw gitFault(error, 'fetching', remote.repository)
  }
}

/** Puts a commit on the branch, where it follows what is there: nothing is overwritten. @throws GitHubError */
export async function pushCommit({ folder }: Workshop, remote: Remote, commit: string, branch: string): Promise<void> {
  try {
    const flags = ['--quiet', '--no-verify', '--porcelain']
    await gitWithToken(folder, remote).raw(['push', ...flags, remote.url, `${commit}:refs/heads/${branch}`])
  } catch (error) {
    throw gitFault(error, 'the push', remote.repository)
  }
}
