import type { ChannelSource } from '../../engine/channel/source.ts'
import type { BundleClaims, Trust } from '../../engine/contract/bundle-claims.ts'
import { BundleError } from '../../engine/contract/bundle-error.ts'
import { MAX_BUNDLE_BYTES, type VerifiedBundle, verifyBundle } from '../../engine/contract/bundle-verify.ts'
import type { CandidateStatus } from '../../engine/contract/candidate-status.ts'
import { candidatePath } from '../../engine/contract/channel.ts'
import type { Decision } from '../../engine/contract/decision.ts'
import type { DecisionInput } from '../../engine/contract/decision-input.ts'
import type { ImpactKind } from '../../engine/contract/impact.ts'
import { type Beside, startBeside } from './beside.ts'
import { type Compared, type Comparison, comparison } from './comparison.ts'
import { follow } from './follow.ts'
import type { ActivePolicy, PolicyLog } from './status.ts'

export interface CandidateOptions {
  /** Where candidates are put, beside the bundles. */
  channel: ChannelSource
  erp: string
  trust: () => Trust
  log: PolicyLog
  now: () => number
  /** Between looks at the channel that need no notice of a change, in milliseconds. Default 2_000. */
  pollMs?: number
  /** For one decision, in milliseconds. Default 1_000. */
  decideMs?: number
  /** Decisions that wait for it; what comes on top of them is dropped and counted. Default 1_000. */
  most?: number
  /** Hears of each decision: how it compares, or that it was dropped. */
  onCompared?: (outcome: ImpactKind | 'same' | 'not_replayed' | 'dropped') => void
}

/** A bundle that is decided beside the one in force: only the one in force acts. */
export interface Candidate {
  /** Takes a decision that was made, for later. Never throws, and nothing of it is ever waited for. */
  consider(input: DecisionInput, decision: Decision, active: ActivePolicy): void
  status(): CandidateStatus
  compared(): Compared
  /** Looks at the channel now. */
  reload(): Promise<void>
  /** The keys trusted are others: judges it by them. */
  trustChanged(): Promise<void>
  /** Resolves when nothing waits to be decided. */
  idle(): Promise<void>
  stop(): Promise<void>
}

interface Running {
  bundle: VerifiedBundle
  beside: Beside
  against: string | null
  comparison: Comparison
  sinceMs: number
  dropped: number
}

export function startCandidate(options: CandidateOptions): Candidate {
  const {
    channel,
    erp,
    trust,
    log,
    now,
    decideMs = 1_000,
    most = 1_000,
    pollMs = 2_000,
    onCompared = () => undefined,
  } = options
  let running: Running | null = null
  let error: CandidateStatus['error'] = null
  let known: { claims: BundleClaims; digest: string; seal: string } | null = null

  const end = async (): Promise<void> => {
    const old = running
    running = null
    await old?.beside.stop()
  }
  const take = async (bytes: Uint8Array | null): Promise<void> => {
    if (bytes === null) {
      known = null
      error = null
      return end()
    }
    try {
      const bundle = verifyBundle(bytes, { erp, trust: trust(), nowMs: now(), candidate: true })
      // One that misbehaved stays out: only another file begins anew.
      if (bundle.seal === known?.seal) return
      await end()
      known = bundle
      error = null
      running = started(bundle)
      log.info('candidate.taken', { revision: bundle.claims.revision, digest: bundle.digest, key: bundle.keyId })
    } catch (cause) {
      const { code, message } = cause instanceof BundleError ? cause : new BundleError('BUNDLE_MALFORMED', 'unreadable')
      known = null
      refused(code, message)
      await end()
    }
  }
  const following = follow({
    ...{ channel, path: candidatePath(erp), maxBytes: MAX_BUNDLE_BYTES, pollMs, take },
    onConfirmed: async () => undefined,
    // A channel that is away for a while changes nothing; one that has no such file, or too much, says so by itself.
    onFailed: (cause) => log.warn('candidate.unavailable', { message: cause instanceof Error ? cause.message : '' }),
    onLooked() {
      if (running === null || now() < running.bundle.validUntilMs) return
      refused('BUNDLE_EXPIRED', 'the candidate expired')
      void end()
    },
  })

  function started(bundle: VerifiedBundle): Running {
    const { wasm, data } = bundle
    const beside = startBeside({
      source: { wasm, data, erp },
      ...{ decideMs, most },
      onEnd(code, message) {
        if (running?.beside !== beside) return
        running = null
        refused(code, message)
      },
    })
    return { bundle, beside, against: null, comparison: comparison(erp, bundle), sinceMs: now(), dropped: 0 }
  }

  function refused(code: string, message: string): void {
    if (error?.code !== code) log.warn('candidate.refused', { code, message })
    error = { code, message }
  }

  /** What was compared with another policy in force says nothing of this one. */
  function comparedWith(active: ActivePolicy, current: Running): Comparison {
    if (current.against !== active.digest) {
      current.against = active.digest
      current.comparison = comparison(erp, current.bundle)
      current.sinceMs = now()
    }
    return current.comparison
  }

  void following.look()
  following.start()
  return {
    consider(input, decision, active) {
      try {
        const current = running
        if (current === null) return
        const compared = comparedWith(active, current)
        const asked = compared.ask(input, active)
        if (asked === null) return onCompared('not_replayed')
        const isTaken = current.beside.decide(asked, (other) =>
          onCompared(compared.answered(asked, decision, other, active)),
        )
        if (isTaken) return
        current.dropped += 1
        onCompared('dropped')
      } catch (cause) {
        log.warn('candidate.failed', { message: cause instanceof Error ? cause.message : 'unknown' })
      }
    },
    status: () => ({
      state: running !== null ? 'deciding' : error === null ? 'none' : known === null ? 'refused' : 'stopped',
      revision: known?.claims.revision ?? null,
      digest: known?.digest ?? null,
      commit: known?.claims.commit ?? null,
      pull_request: known?.claims.pull_request ?? null,
      since: running === null ? null : new Date(running.sinceMs).toISOString(),
      error,
      dropped: running?.dropped ?? 0,
    }),
    compared: () => (running?.comparison ?? NOTHING).told(),
    reload: following.look,
    trustChanged: following.again,
    async idle() {
      while ((running?.beside.waiting() ?? 0) > 0) await new Promise((resolve) => setTimeout(resolve, 5))
    },
    async stop() {
      await following.stop()
      await end()
    },
  }
}

const NOTHING: Pick<Comparison, 'told'> = comparison('', null)
