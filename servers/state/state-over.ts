import { setTimeout } from 'node:timers/promises'
import { canonicalText } from '../../engine/contract/canonical.ts'
import type { Caller } from '../../engine/contract/decision-input.ts'
import type { OpenedEvent } from '../../engine/contract/ledger.ts'
import { keyedDigest, tokenised, tokenisedText } from '../../engine/contract/ledger-token.ts'
import { personalOf } from '../../engine/contract/personal/seen.ts'
import { alertsOver } from './alerts.ts'
import { approvalsOver } from './approvals.ts'
import { grantsOver } from './grants.ts'
import { rememberBank } from './history-bank.ts'
import type { RepeatKey } from './ledger-words.ts'
import { limitsOver } from './limits.ts'
import { maskedInput, wellFormed } from './masked-input.ts'
import { overlaysOver } from './overlays.ts'
import type { State } from './state.ts'
import type { Store } from './store.ts'
import { verifyLive } from './verify-live.ts'

/** What a server asks of its state, over whichever database. `key` makes the ledger's tokens and digests. */
export function stateOver(
  store: Store,
  key: Uint8Array,
  now: () => number,
  archive: State['archive'],
): Omit<State, 'renewCheckpointKey'> {
  const running = new Map<string, PromiseWithResolvers<void>>()
  const digest = (args: object): string => keyedDigest(canonicalText(wellFormed(args)), key)
  const repeatKey = (caller: Caller, company: string, tool: string, args: object, own: string | null): RepeatKey => ({
    caller: caller.id,
    person: caller.person,
    company,
    tool,
    key: own === null ? null : tokenisedText('reference', own, key),
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
        input: maskedInput(wellFormed(input), key),
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
    async close(entry, { outcome, took_ms, rows, age_s = 0, made = null, personal = [] }) {
      try {
        const created = made === null ? {} : { made }
        const closed = { entry, outcome, took_ms, rows, age_s, ...created, ...personalOf(personal, key) }
        const event = wellFormed({ kind: 'closed' as const, ...closed })
        await store.ask('close', { at_ms: now(), event, made })
      } finally {
        running.get(entry)?.resolve()
        running.delete(entry)
      }
    },
    async record({ count = 1, source = null, ...entry }) {
      const input = maskedInput(wellFormed(entry.input), key)
      const event = wellFormed({ kind: 'recorded' as const, ...entry, input, count, source })
      return (await store.ask('record', { at_ms: now(), event })).entry
    },
    history: (ask) => store.ask('history', ask),
    sawBank: (company, parties) => rememberBank(store, key, now(), company, parties),
    repeat: ({ caller, company, tool, args, key: own }) =>
      store.ask('repeat', repeatKey(caller, company, tool, args, own)),
    ended: (entry) => running.get(entry)?.promise ?? setTimeout(ELSEWHERE_MS),
    limits: limitsOver(store),
    grants: grantsOver(store, key),
    drawBudget: (draw) => store.ask('drawBudget', draw),
    alerts: alertsOver(store, now),
    overlays: overlaysOver(store, now),
    approvals: approvalsOver(store, key, now),
    unknownOutcomes: () => store.ask('unknown', null),
    failures: (key) => store.ask('failures', key),
    countFailure: (key) => store.ask('countFailure', key),
    clearFailures: (key) => store.ask('clearFailures', key),
    entries: (from, to) => store.ask('page', { replica: null, after: from - 1, limit: to - from + 1 }),
    restoredAt: () => store.ask('restoredAt', null),
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
