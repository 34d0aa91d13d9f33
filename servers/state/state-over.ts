import { setTimeout } from 'node:timers/promises'
import { canonicalText } from '../../engine/contract/canonical.ts'
import type { Caller, DecisionInput } from '../../engine/contract/decision-input.ts'
import type { OpenedEvent } from '../../engine/contract/ledger.ts'
import { keyedDigest, tokenised } from '../../engine/contract/ledger-token.ts'
import { wellFormedJson } from '../../engine/contract/well-formed.ts'
import { alertsOver } from './alerts.ts'
import { approvalsOver } from './approvals.ts'
import { rememberBank } from './history-bank.ts'
import type { RepeatKey } from './ledger-words.ts'
import { limitsOver } from './limits.ts'
import type { State } from './state.ts'
import type { Store } from './store.ts'
import { verifyLive } from './verify-live.ts'

/** What a server asks of its state, over whichever database. `key` makes the ledger's tokens and digests. */
export function stateOver(store: Store, key: Uint8Array, now: () => number, archive: State['archive']): State {
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
    ready: store.ready,
    async open({
      request,
      revision,
      bundle,
      purpose,
      tool,
      company,
      args,
      input,
      decision,
      repeatKey: own,
      seen,
      records = [],
      approval,
    }) {
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
        ...(approval === undefined ? {} : { approval }),
      }
      const repeat = input === null || own === undefined ? null : repeatKey(input.caller, company, tool, args, own)
      const opened = await store.ask('open', { at_ms: now(), event, repeat, seen: seen ?? null, records })
      if (opened.kind === 'opened') running.set(opened.entry, Promise.withResolvers())
      return opened
    },
    async close(entry, { outcome, took_ms, rows, age_s = 0, made = null }) {
      try {
        const created = made === null ? {} : { made }
        const event = wellFormed({ kind: 'closed' as const, entry, outcome, took_ms, rows, age_s, ...created })
        await store.ask('close', { at_ms: now(), event, made })
      } finally {
        running.get(entry)?.resolve()
        running.delete(entry)
      }
    },
    async record({ count = 1, source = null, ...entry }) {
      const event = wellFormed({ kind: 'recorded' as const, ...entry, input: masked(entry.input), count, source })
      return (await store.ask('record', { at_ms: now(), event })).entry
    },
    history: (ask) => store.ask('history', ask),
    sawBank: (company, parties) => rememberBank(store, key, now(), company, parties),
    repeat: ({ caller, company, tool, args, key: own }) =>
      store.ask('repeat', repeatKey(caller, company, tool, args, own)),
    ended: (entry) => running.get(entry)?.promise ?? setTimeout(ELSEWHERE_MS),
    limits: limitsOver(store),
    drawBudget: (draw) => store.ask('drawBudget', draw),
    alerts: alertsOver(store, now),
    approvals: approvalsOver(store, key, now),
    unknownOutcomes: () => store.ask('unknown', null),
    failures: (key) => store.ask('failures', key),
    countFailure: (key) => store.ask('countFailure', key),
    clearFailures: (key) => store.ask('clearFailures', key),
    entries: (from, to) => store.ask('page', { replica: null, after: from - 1, limit: to - from + 1 }),
    verify: () => verifyLive(store),
    delivered: (target) => store.ask('deliveredUpTo', { target }),
    async noteDelivered(target, seq) {
      await store.ask('noteDelivered', { target, number: seq })
    },
    archive,
    stop: store.stop,
  }
}

/** Between two looks at an entry that another replica runs, in milliseconds. */
const ELSEWHERE_MS = 100

// A lone surrogate has no UTF-8 and so no hash: the ledger keeps the well-formed text.
function wellFormed<Value extends object>(value: Value): Value {
  return JSON.parse(wellFormedJson(value))
}
