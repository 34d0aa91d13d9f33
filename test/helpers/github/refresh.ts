import { git, shaOf } from './git.ts'
import { rulesetsOf } from './rules.ts'
import type { Repo } from './world.ts'

/** Lets every open pull request follow its branch, as GitHub does after each push: stale approvals go if a ruleset says so. */
export async function refreshed(repo: Repo): Promise<void> {
  for (const pull of repo.pulls.filter(({ state }) => state === 'open')) {
    const sha = await shaOf(pull.headRepo.bare, `refs/heads/${pull.headRef}`)
    if (sha === null) {
      pull.state = 'closed'
      continue
    }
    await git(repo.bare, ['fetch', '--quiet', pull.headRepo.bare, `+${sha}:refs/pull/${pull.number}/head`])
    if (sha === pull.headSha) continue
    pull.headSha = sha
    pull.pushedBy = pull.headRepo.pushedBy.get(pull.headRef) ?? pull.pushedBy
    const dismisses = rulesetsOf(repo, pull.baseRef).some(({ rules }) =>
      rules.some(({ parameters }) => parameters?.['dismiss_stale_reviews_on_push'] === true),
    )
    for (const review of pull.reviews) if (dismisses && review.state === 'APPROVED') review.state = 'DISMISSED'
  }
}
