import { readFile } from 'node:fs/promises'
import { type DecisionLog, decisionTarget, startDecisionLog } from '../ops/decision-log.ts'
import type { State } from '../state/state.ts'
import type { InForce } from './in-force.ts'
import type { Log } from './log.ts'

export interface DecisionLogSettings {
  erp: string
  replica: string
  /** Base address of the receiver; null: nothing is sent. */
  decisionLogUrl: string | null
  /** Holds the bearer token for it. */
  decisionLogTokenFile: string | null
}

/** What must have got an entry before its rows leave the database. */
export function receiversOf({ decisionLogUrl: url }: Pick<DecisionLogSettings, 'decisionLogUrl'>): string[] {
  return url === null ? [] : [decisionTarget(url)]
}

/** Sends decisions to where the settings say, under what the policy in force says of the log. */
export async function decisionLog(
  { erp, replica, decisionLogUrl: url, decisionLogTokenFile: file }: DecisionLogSettings,
  version: string,
  state: State,
  policy: InForce,
  log: Log,
): Promise<DecisionLog> {
  if (url === null) return { stop: async () => undefined }
  const token = file === null ? null : (await readFile(file, 'utf8')).trim()
  return startDecisionLog({
    state,
    url,
    token,
    labels: { erp, replica, version },
    rules() {
      const security = policy.current()?.config.security
      if (security === undefined) return null
      return { allRequests: security.log_all_requests, sensitiveNames: security.log_sensitive_data }
    },
    onError: (message) => log.warn('decision_log.failed', { message }),
  })
}
