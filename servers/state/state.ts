import { canonicalText } from '../../engine/contract/canonical.ts'
import type { Decision } from '../../engine/contract/decision.ts'
import type { Caller, DecisionInput, History } from '../../engine/contract/decision-input.ts'
import type { ChainCheck, LedgerRow, OpenedEvent, Outcome, RecordedEvent } from '../../engine/contract/ledger.ts'
import { keyedDigest, tokenised } from '../../engine/contract/ledger-token.ts'
import { wellFormedJson } from '../../engine/contract/well-formed.ts'
import { type LedgerClient, startLedger } from './ledger-client.ts'
import { maskKey } from './mask-key.ts'
import type { Opened, Repeat, RepeatKey, Scope, UnknownOutcome } from './operation.ts'

/** An entry that must be durable before the ERP is called. Values are clear here and tokens in the ledger. */
export interface OpenedEntry {
  request: string
  revision: number
  bundle: string
  purpose: OpenedEvent['purpose']
  tool: string
  company: string
  args: Record<string, unknown>
  /** Null for the server's own reads. */
  input: DecisionInput | null
  decision: Decision | null
  /** The caller's key, null where the tool has none; undefined where a repeat is harmless. */
  repeatKey?: string | null
  /** The scope as the decision saw it; absent where the decision read none. */
  seen?: { scope: Scope; version: number }
}

export interface ClosedOutcome {
  outcome: Outcome
  took_ms: number
  rows: number
  /** Default 0. */
  age_s?: number
}

export type RecordedEntry = Omit<RecordedEvent, 'kind' | 'entry' | 'count' | 'source'> & {
  /** Default 1. */
  count?: number
  /** Default null. */
  source?: string | null
}

/** What one ERP's server knows across calls and restarts. Everything throws LedgerError when the ledger cannot be used. */
export interface State {
  /** False while nothing can be written: then everything is denied. */
  ready(): boolean
  /** Durable when it resolves. */
  open(entry: OpenedEntry): Promise<Opened>
  close(entry: string, outcome: ClosedOutcome): Promise<void>
  /** A decision without a call, opened and closed in one; gives the entry. */
  record(entry: RecordedEntry): Promise<string>
  /** What bears on a call, and the version of it that `open` compares. */
  history(scope: Scope): Promise<{ history: History; version: number }>
  /** The earlier call that this one repeats. */
  repeat(call: {
    caller: Caller
    company: string
    tool: string
    args: object
    key: string | null
  }): Promise<Repeat | null>
  /** Resolves when an entry that is running has been closed, at once when it is not running. */
  ended(entry: string): Promise<void>
  unknownOutcomes(): Promise<UnknownOutcome[]>
  /** Rows by seq, both ends included. */
  entries(from: number, to: number): Promise<LedgerRow[]>
  verify(): Promise<ChainCheck>
  stop(): Promise<void>
}

export interface StateOptions {
  /** The ERP's state folder; made (0700) where it is not there. */
  path: string
  erp: string
  /** Epoch milliseconds. */
  now: () => number
  /** How long another process's lock on the ledger is waited for, in milliseconds. Default 2_000. */
  busyTimeoutMs?: number
  /** Heap of the ledger's thread, in megabytes. Default 256. */
  heapMb?: number
  /** Hears when the ledger becomes writable, or stops being so. */
  onHealth?: (ready: boolean, message: string) => void
}

/** Opens the state of one ERP. Throws LedgerError when the ledger cannot be opened. */
export async function openState(options: StateOptions): Promise<State> {
  const { path, erp, now, busyTimeoutMs = 2_000, heapMb = 256, onHealth = () => undefined } = options
  const key = maskKey(path)
  return stateOver(await startLedger({ path, erp, busyTimeoutMs, heapMb, onHealth }), key, now)
}

function stateOver(ledger: LedgerClient, key: Uint8Array, now: () => number): State {
  const running = new Map<string, PromiseWithResolvers<void>>()
  const digest = (args: object): string => keyedDigest(canonicalText(wellFormed(args)), key)
  const masked = (input: DecisionInput | null): DecisionInput | null =>
    input === null ? null : { ...input, args: tokenised(wellFormed(input.args), key) }
  const repeatKey = (caller: Caller, company: string, tool: string, args: object, own: string | null): RepeatKey => ({
    caller: caller.id,
    person: caller.person,
    company,
    tool,
    key: own,
    args_digest: digest(args),
  })

  return {
    ready: ledger.ready,
    async open({ request, revision, bundle, purpose, tool, company, args, input, decision, repeatKey: own, seen }) {
      const event: Omit<OpenedEvent, 'entry'> = {
        kind: 'opened',
        request,
        revision,
        bundle,
        purpose,
        tool,
        company,
        input: masked(input),
        decision,
        args: input === null ? tokenised(wellFormed(args), key) : null,
        args_digest: digest(args),
      }
      const repeat = input === null || own === undefined ? null : repeatKey(input.caller, company, tool, args, own)
      const opened = await ledger.ask<'open'>({ op: 'open', at_ms: now(), event, repeat, seen: seen ?? null })
      if (opened.kind === 'opened') running.set(opened.entry, Promise.withResolvers())
      return opened
    },
    async close(entry, { outcome, took_ms, rows, age_s = 0 }) {
      try {
        const event = wellFormed({ kind: 'closed' as const, entry, outcome, took_ms, rows, age_s })
        await ledger.ask<'close'>({ op: 'close', at_ms: now(), event })
      } finally {
        running.get(entry)?.resolve()
        running.delete(entry)
      }
    },
    async record({ count = 1, source = null, ...entry }) {
      const event = wellFormed({ kind: 'recorded' as const, ...entry, input: masked(entry.input), count, source })
      return (await ledger.ask<'record'>({ op: 'record', at_ms: now(), event })).entry
    },
    async history(scope) {
      const { settled, rows, version } = await ledger.ask<'totals'>({ op: 'totals', scope })
      const none = { similar: [], counterparty_touched: [], bank_changed_ms: null }
      return { history: { settled_today: settled, rows_today: rows, ...none }, version }
    },
    repeat: ({ caller, company, tool, args, key: own }) =>
      ledger.ask<'repeat'>({ op: 'repeat', key: repeatKey(caller, company, tool, args, own) }),
    ended: (entry) => running.get(entry)?.promise ?? Promise.resolve(),
    unknownOutcomes: () => ledger.ask<'unknown'>({ op: 'unknown' }),
    entries: (from, to) => ledger.ask<'rows'>({ op: 'rows', from, to }),
    verify: () => ledger.ask<'verify'>({ op: 'verify' }),
    stop: ledger.stop,
  }
}

// A lone surrogate has no UTF-8 and so no hash: the ledger keeps the well-formed text.
function wellFormed<Value extends object>(value: Value): Value {
  return JSON.parse(wellFormedJson(value))
}
