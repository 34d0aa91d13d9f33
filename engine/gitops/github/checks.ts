import type { GitHub } from './client.ts'

/** One check of a commit, whichever way it came. */
export interface Check {
  name: string
  /** Of a run its id; of a status null. */
  id: number | null
  /** The app that made the run, which a ruleset can insist on; null for a status. */
  app: { id: number; slug: string } | null
  state: 'pending' | 'success' | 'failure'
  url: string
}

/** The latest run of each check, and the latest status of each context, at a ref. */
export async function checksOf({ octokit, at }: GitHub, ref: string): Promise<Check[]> {
  const asked = { ...at, ref, per_page: 100 }
  const runs = await octokit.paginate(octokit.rest.checks.listForRef, { ...asked, filter: 'latest' })
  const statuses = await octokit.paginate(octokit.rest.repos.listCommitStatusesForRef, asked)
  const latest = statuses.filter(({ context }, index) => statuses.findIndex((one) => one.context === context) === index)
  return [
    ...runs.map(({ name, id, app, status, conclusion, html_url: url }) => ({
      name,
      id,
      app: app === null ? null : { id: app.id, slug: app.slug ?? '' },
      state: stateOf(status, conclusion),
      url: url ?? '',
    })),
    ...latest.map(({ context, state, target_url: url }) => ({
      name: context,
      id: null,
      app: null,
      state: stateOf(state === 'pending' ? state : 'completed', state),
      url: url ?? '',
    })),
  ]
}

/** GitHub lets these three through a required check. */
const PASSED = new Set<string | null>(['success', 'neutral', 'skipped'])

function stateOf(status: string, conclusion: string | null): Check['state'] {
  if (status !== 'completed') return 'pending'
  return PASSED.has(conclusion) ? 'success' : 'failure'
}
