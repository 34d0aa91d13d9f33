import type { RulesetBody } from '../github/rulesets.ts'

/** Name of the ruleset that `protect` makes, by which it finds it again. */
export const RULESET_NAME = 'alcada'

/** The check that has to be green, and the app that has to say so: a check of the same name by anything else counts for nothing. */
export interface RequiredCheck {
  name: string
  /** GitHub's number of the app, which a ruleset calls integration. */
  app: number
}

/** What the default branch asks of everybody, its owners included. */
export function wantedRuleset({ name, app }: RequiredCheck): RulesetBody {
  return {
    name: RULESET_NAME,
    target: 'branch',
    enforcement: 'active',
    bypass_actors: [],
    conditions: { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } },
    rules: [
      { type: 'deletion' },
      { type: 'non_fast_forward' },
      {
        type: 'pull_request',
        parameters: {
          required_approving_review_count: 1,
          require_code_owner_review: true,
          dismiss_stale_reviews_on_push: true,
          require_last_push_approval: true,
          required_review_thread_resolution: false,
        },
      },
      {
        type: 'required_status_checks',
        parameters: {
          strict_required_status_checks_policy: true,
          required_status_checks: [{ context: name, integration_id: app }],
        },
      },
    ],
  }
}
