import type { CallEvent } from '../request/call.ts'
import { isTimed, standingOf } from './call-standing.ts'
import { fewNames, type MetricKinds } from './metric-kinds.ts'

/** Codes that a policy may name; one that made them up would fill Prometheus. */
const REASONS = 200

/** Metrics of calls: what became of them, what was decided, how long they took. Never who called. */
export function requestMetrics(kinds: MetricKinds, isTool: (name: string) => boolean): (event: CallEvent) => void {
  const requests = kinds.counter('alcada_requests_total', 'Tool calls answered, by tool, outcome and reason code.', [
    'tool',
    'outcome',
    'code',
  ])
  const standings = {
    success: kinds.counter('alcada_requests_success_total', 'Tool calls that were done.'),
    failed: kinds.counter(
      'alcada_requests_failed_total',
      'Tool calls that the ERP or the server did not carry through.',
    ),
    denied: kinds.counter(
      'alcada_requests_denied_total',
      'Tool calls that the policy or the caller’s own mistake ended.',
    ),
  }
  const duration = kinds.histogram(
    'alcada_request_duration_seconds',
    'Time from arrival of a tool call to its reply, without those that were denied.',
    ['result'],
  )
  const decisions = kinds.counter('alcada_decisions_total', 'Decisions of the policy on calls, by effect.', ['effect'])
  const reasons = kinds.counter('alcada_decision_reasons_total', 'Reasons of those decisions; one may have several.', [
    'effect',
    'reason',
  ])
  const masked = kinds.counter('alcada_masked_fields_total', 'Fields of results in which something was masked.')
  const few = fewNames(REASONS)
  for (const counter of Object.values(standings)) counter.inc(0)
  masked.inc(0)
  // Prometheus sees no rise of what it has not seen before.
  for (const result of ['success', 'failed']) duration.zero({ result })
  return (event) => {
    const { outcome, code } = event
    // A name that is no tool is the caller's text: it must not make a series of its own.
    requests.inc({ tool: isTool(event.tool) ? event.tool : '', outcome, code: few(code ?? '') })
    const standing = standingOf(event)
    standings[standing].inc()
    if (isTimed(event)) duration.observe({ result: standing }, event.took_ms / 1_000)
    if (event.decision !== null) {
      decisions.inc({ effect: event.decision })
      for (const reason of event.reasons.split(',')) {
        if (reason !== '') reasons.inc({ effect: event.decision, reason: few(reason) })
      }
    }
    if (event.masked > 0) masked.inc(event.masked)
  }
}
