import { type ApprovalGiven, isLive } from '../../engine/contract/approval.ts'
import type { DecisionInput } from '../../engine/contract/decision-input.ts'
import { type HistoryAsk, historyAsk, rowsScope } from '../../engine/contract/history.ts'
import type { Seen } from '../state/history-read.ts'
import type { RecordChange } from '../state/record-changes.ts'
import { findApproval } from './approval.ts'
import { type Decided, decide } from './decide.ts'
import { callNow, type Resolved } from './decision-input.ts'
import type { RunningDeps } from './deps.ts'
import { changesRecords } from './record-turn.ts'
import { after, Refused } from './refused.ts'
import { repeatKeyOf } from './repeat.ts'
import type { ToolRequest } from './request.ts'
import type { Read } from './resolve.ts'
import { checkStops, standing } from './stopped.ts'

/** How often a decision is made again because the history it read has moved. */
const ATTEMPTS = 5

export type Committed =
  | (Decided & { kind: 'opened'; entry: string })
  | { kind: 'repeat'; entry: string }
  /** Another call changes a record that was read: read it again. */
  | ({ kind: 'record_changed' } & RecordChange)

/** Decides a call on its history, without anything coming of it. Throws Refused; LedgerError. */
export async function decideOnly(deps: RunningDeps, request: ToolRequest, resolved: Resolved): Promise<Decided> {
  return (await decideNow(deps, request, resolved)).decided
}

/**
 * Decides a call and writes its entry, both on the same history: of two payments that each fit under a daily limit
 * but not together, only one gets through.
 * @throws Refused with the policy's code, history_busy, cancelled; LedgerError
 */
export async function commit(deps: RunningDeps, request: ToolRequest, read: Read): Promise<Committed> {
  const turn = turnOf(historyAsk(callNow(deps, request, read.resolved), request.active.config))
  if (turn === null) return attempt(deps, request, read)
  return deps.inTurn(turn, () => attempt(deps, request, read))
}

/** Decisions that would move each other's history wait for each other; null where there is none to move. */
function turnOf(ask: HistoryAsk): string | null {
  if (ask.guarded.length === 0) return null
  return ask.rows > 0 ? rowsScope(ask) : `history ${ask.company}`
}

async function attempt(deps: RunningDeps, request: ToolRequest, { resolved, records }: Read): Promise<Committed> {
  const watched = changesRecords(request) ? records : []
  for (let tried = 0; tried < ATTEMPTS; tried += 1) {
    if (request.deadline.orGone.aborted) throw cancelled()
    const { decided, seen, approval, stale } = await decideNow(deps, request, resolved)
    const { input, decision } = decided
    // It may have been stopped while records were read or the call waited for its turn; from here on it goes on.
    checkStops(deps, request)
    const repeatKey = repeatKeyOf(request)
    const entry = {
      request: request.id,
      revision: request.active.revision,
      bundle: request.active.digest,
      purpose: 'call' as const,
      tool: request.tool.name,
      company: request.company,
      args: request.args,
      input,
      decision,
      ...(repeatKey === undefined ? {} : { repeatKey }),
      seen,
      records: watched,
      ...(approval === null ? {} : { approval }),
    }
    const opened = await deps.trace.step('commit', async (tell) => {
      const opened = await deps.state.open(entry)
      tell({ outcome: opened.kind, ...(opened.kind === 'opened' ? { entry: opened.entry } : {}) })
      return opened
    })
    if (opened.kind === 'opened' && stale !== null) await deps.state.approvals.end(stale, CHANGED)
    if (opened.kind === 'opened') return { kind: 'opened', entry: opened.entry, input, decision }
    if (opened.kind === 'repeat') return { kind: 'repeat', entry: opened.repeat.entry }
    if (opened.kind === 'record_changed') return opened
    if (opened.kind === 'approval_used') throw new Refused('approval_used', USED)
    if (opened.kind === 'unreconciled') throw new Refused('unreconciled', UNRECONCILED)
  }
  throw new Refused('history_busy', 'too many calls on the same totals at once', { retry: after() })
}

const CHANGED = 'what was to be approved has changed, and was done without it'
const UNRECONCILED =
  'the ledger was restored from a backup and not compared with the ERP since: money does not move yet'
const USED = 'this approval has been used, or has ended: it counts once'

interface DecidedNow {
  decided: Decided
  seen: readonly Seen[]
  /** The request for approval that the call uses up; null where it needs none. */
  approval: string | null
  /** One that stood for the same arguments when the records were others. */
  stale: string | null
}

function decideNow(deps: RunningDeps, request: ToolRequest, resolved: Resolved): Promise<DecidedNow> {
  return deps.trace.step('decide', async (tell) => {
    const told = (decision: string, effect: string): void =>
      tell({ tool: request.tool.name, revision: request.active.revision, decision, effect })
    try {
      const now = await decideOn(deps, request, resolved)
      told(now.decided.decision.effect, now.decided.input.tool.effect)
      return now
    } catch (error) {
      const decided = error instanceof Refused ? error.details.decided : undefined
      if (decided !== undefined) told(decided.decision.effect, decided.input.tool.effect)
      throw error
    }
  })
}

async function decideOn(deps: RunningDeps, request: ToolRequest, resolved: Resolved): Promise<DecidedNow> {
  const call = callNow(deps, request, resolved)
  const { history, seen } = await deps.state.history(historyAsk(call, request.active.config))
  const found = await findApproval(deps, request, resolved)
  // What was consented to is this very call, with the records as they are now.
  const approval = found?.same === true && isLive(found.request.state) ? found.request : null
  if (request.approval !== undefined && request.approval !== approval?.id) {
    throw new Refused('approval_void', 'what was approved has changed since, so it is not done')
  }
  return {
    decided: decide(request, { ...call, history, approvals: consents(standing(deps.stops, approval?.given ?? [])) }),
    seen,
    approval: approval?.id ?? null,
    stale: approval === null && found !== null && isLive(found.request.state) ? found.request.id : null,
  }
}

/** As Rego judges them: by the substitutes of the policy in force, and not by those of the time they were given. */
function consents(given: readonly ApprovalGiven[]): DecisionInput['approvals'] {
  return given.map(({ by, person, roles, at_ms }) => ({ by, person, roles, at_ms }))
}

function cancelled(): Refused {
  return new Refused('cancelled', 'the call ended before anything was done', { retry: after() })
}
