import type { BundleClaims } from '../../engine/contract/bundle-claims.ts'
import type { ActivePolicy, PolicyStatus } from '../policy/status.ts'

/** Of the bundle in force: numbers, no names, since anybody may ask. */
export interface Provenance extends Pick<BundleClaims, 'commit' | 'pull_request' | 'check_run'> {
  /** Of its unsigned content: the same for every build of the same sources. */
  digest: string
  /** ISO 8601. */
  expires: string
  /** The revision whose content it is, in an emergency rollback; else null. */
  rolled_back_to: number | null
}

/** What `/health` tells. */
export interface Health {
  status: 'enforcing' | 'degraded' | 'denying'
  erp: string
  version: string
  revision: number | null
  /** What is enforced and how it came there; null while nothing is. */
  bundle: Provenance | null
  /** Set under a development key, so that nobody takes it for production. */
  development: boolean
  ledger: 'writable' | 'unavailable'
  last_error: { code: string; message: string; at: string } | null
  connections: number
  /** Emergency narrowings in force, the first of their ends, and why the newest were not taken. */
  overlays: { active: number; next_end: string | null; last_error: string | null }
  /** Requests that wait for approvers, and those approved and not executed. */
  approvals: { pending: number; approved_not_executed: number }
  /** What the ERP is not asked now, as far as this replica has met it. */
  circuits_open: number
  /** Companies whose grant the ERP has ended, as far as this replica has met it: an operator has to log in again. */
  grants_ended: number
  /** Of an upstream MCP server: tools that are refused, because it says other things of them than were reviewed. */
  upstream?: { tools_refused: number }
  /** failing: lines go to stderr, and calls go on. */
  logs: { to: 'files' | 'stderr'; status: 'written' | 'failing'; error: string | null }
}

export interface HealthSources {
  erp: string
  version: string
  /** The bundle in force. */
  current(): Pick<ActivePolicy, 'digest' | 'claims'> | null
  policy(): Omit<PolicyStatus, 'lastError'> & { lastError: Health['last_error'] }
  ledgerWritable(): boolean
  connections(): number
  overlays(): Health['overlays']
  approvals(): { pending: number; approved: number }
  openCircuits(): number
  endedGrants(): number
  /** Null where the ERP is no upstream MCP server. */
  refusedTools(): string[] | null
  logs(): { to: 'files' | 'stderr'; failure: string | null }
}

/**
 * Answers `/health`, `/health/live` and `/health/ready`; null for any other path.
 * `/health` is 200 while a policy is enforced, a rejected newer bundle included; `ready` is 503 when all is denied.
 */
export function healthAnswer(path: string, sources: HealthSources): { status: number; body: Health | object } | null {
  if (path === '/health/live') return { status: 200, body: { status: 'live' } }
  if (path !== '/health' && path !== '/health/ready') return null
  const policy = sources.policy()
  const waiting = sources.approvals()
  const ledger = sources.ledgerWritable()
  const { to, failure } = sources.logs()
  const refused = sources.refusedTools()
  const ended = sources.endedGrants()
  const hampered = ended > 0 || (refused !== null && refused.length > 0)
  const enforcing = hampered && policy.state === 'enforcing' ? 'degraded' : policy.state
  const status = ledger ? enforcing : 'denying'
  const body: Health = {
    status,
    erp: sources.erp,
    version: sources.version,
    revision: policy.revision,
    bundle: provenanceOf(sources.current()),
    development: policy.development,
    ledger: ledger ? 'writable' : 'unavailable',
    last_error: policy.lastError,
    connections: sources.connections(),
    overlays: sources.overlays(),
    approvals: { pending: waiting.pending, approved_not_executed: waiting.approved },
    circuits_open: sources.openCircuits(),
    grants_ended: ended,
    ...(refused === null ? {} : { upstream: { tools_refused: refused.length } }),
    logs: { to, status: failure === null ? 'written' : 'failing', error: failure },
  }
  return { status: status === 'denying' ? 503 : 200, body }
}

function provenanceOf(active: Pick<ActivePolicy, 'digest' | 'claims'> | null): Provenance | null {
  if (active === null) return null
  const { commit, pull_request, check_run, exp, rollback } = active.claims
  const expires = new Date(exp * 1000).toISOString()
  return { digest: active.digest, commit, pull_request, check_run, expires, rolled_back_to: rollback?.to ?? null }
}
