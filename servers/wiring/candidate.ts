import type { Registry } from 'prom-client'
import type { ChannelSource } from '../../engine/channel/source.ts'
import type { Decision } from '../../engine/contract/decision.ts'
import type { DecisionInput } from '../../engine/contract/decision-input.ts'
import { candidateMetrics } from '../ops/candidate-metrics.ts'
import type { CandidateTold } from '../ops/candidate-route.ts'
import { startCandidate } from '../policy/candidate.ts'
import type { ActivePolicy } from '../policy/status.ts'
import type { State } from '../state/state.ts'
import type { LiveTrust } from './live-trust.ts'
import type { Log } from './log.ts'

export interface CandidateBesideOptions {
  channel: ChannelSource
  erp: string
  /** Between looks, in milliseconds. */
  pollMs: number
  trust: Pick<LiveTrust, 'current' | 'onChange'>
  /** The policy in force. */
  current(): ActivePolicy | null
  log: Log
  now(): number
}

/** What writes decisions down. */
type Watched = Pick<State, 'open' | 'record'> & { approvals: Pick<State['approvals'], 'ask'> }

export interface CandidateBeside {
  /** The same state; what is decided and written through it is decided beside as well, afterwards. */
  watched<Part extends Watched>(state: Part): Part
  measure(registry: Registry): void
  told(): CandidateTold
  stop(): Promise<void>
}

/** Lets a candidate decide what was decided, when its entry is durable: it has no way to the call or its reply. */
export function candidateBeside(options: CandidateBesideOptions): CandidateBeside {
  let count = (_outcome: string): void => undefined
  const candidate = startCandidate({
    ...options,
    trust: options.trust.current,
    onCompared: (outcome) => count(outcome),
  })
  options.trust.onChange(() => void candidate.trustChanged())

  const consider = (bundle: string | null, input: DecisionInput | null, decision: Decision | null): void => {
    if (input === null || decision === null) return
    try {
      const active = options.current()
      if (active?.digest === bundle) candidate.consider(input, decision, active)
    } catch (cause) {
      // What is only looked at may not keep an entry from being answered.
      options.log.warn('candidate.failed', { message: cause instanceof Error ? cause.message : 'unknown' })
    }
  }
  return {
    watched: (state) => ({
      ...state,
      async open(entry) {
        const opened = await state.open(entry)
        if (opened.kind === 'opened' && entry.purpose === 'call') consider(entry.bundle, entry.input, entry.decision)
        return opened
      },
      async record(entry) {
        const written = await state.record(entry)
        // Of a tool that was hidden nobody looked at the arguments: there is nothing to decide on.
        if (entry.what !== 'refused') consider(entry.bundle, entry.input, entry.decision)
        return written
      },
      approvals: {
        ...state.approvals,
        async ask(ask) {
          const asked = await state.approvals.ask(ask)
          consider(ask.bundle, ask.input, ask.decision)
          return asked
        },
      },
    }),
    measure(registry) {
      count = candidateMetrics(registry, candidate.status)
    },
    told: () => ({
      ...candidate.compared(),
      candidate: candidate.status(),
      active: options.current()?.revision ?? null,
    }),
    stop: candidate.stop,
  }
}
