import type { Decision } from './decision.ts'
import type { DecisionInput } from './decision-input.ts'
import type { LedgerRow } from './ledger.ts'
import { maskedPlaces } from './masked-places.ts'
import { shownName } from './personal/shown-name.ts'

/** One decision as OPA's decision logs have it. Source: openpolicyagent.org/docs/management-decision-logs. */
export interface DecisionLogEvent {
  labels: Record<string, string>
  /** The entry in the ledger. */
  decision_id: string
  /** `omie/decision` */
  path: string
  input: DecisionInput
  result: Decision
  /** RFC 3339. */
  timestamp: string
  requested_by: string
  bundles: Record<string, { revision: string }>
  /** Which values of the input stand there as tokens. */
  masked?: string[]
}

export interface DecisionLogRules {
  /** `log_all_requests`: false leaves allowed reads out. They stay in the ledger. */
  allRequests: boolean
  /** `log_sensitive_data`: true says by name where sensitive values stand; never the values. */
  sensitiveNames: boolean
}

/** The decision a row of the ledger holds, for a log that leaves the server; null where it holds none that belongs there. */
export function decisionLogEvent(
  { at_ms, event }: LedgerRow,
  labels: { erp: string; replica: string; version: string },
  { allRequests, sensitiveNames }: DecisionLogRules,
): DecisionLogEvent | null {
  if (event.kind !== 'opened' && event.kind !== 'recorded') return null
  const { input, decision, entry, revision } = event
  if (input === null || decision === null) return null
  if (!allRequests && event.kind === 'opened' && input.tool.effect === 'read') return null
  const { erp, replica, version } = labels
  const masked = sensitiveNames ? maskedPlaces(input.args, '/input/args') : []
  return {
    labels: { app: 'alcada', id: replica === '' ? erp : `${erp}-${replica}`, erp, version },
    decision_id: entry,
    path: `${erp}/decision`,
    input: withoutPersons(input),
    result: decision,
    timestamp: new Date(at_ms).toISOString(),
    requested_by: shownName(input.caller.id),
    bundles: { [erp]: { revision: String(revision ?? 0) } },
    ...(masked.length > 0 ? { masked } : {}),
  }
}

/** A person whose token names them by a CPF is no CPF outside; every other name stays, for rules ask for it. */
function withoutPersons(input: DecisionInput): DecisionInput {
  const named = <Named extends { person: string }>(one: Named): Named => ({ ...one, person: shownName(one.person) })
  return {
    ...input,
    caller: { ...named(input.caller), id: shownName(input.caller.id) },
    approvals: input.approvals.map((given) => ({ ...named(given), by: shownName(given.by) })),
  }
}
