import type { BundleError } from '../../engine/contract/bundle-error.ts'
import type { VerifiedBundle } from '../../engine/contract/bundle-verify.ts'
import type { ActivePolicy, PolicyLog, PolicyStatus } from './status.ts'

interface InForce {
  active: ActivePolicy
  validUntilMs: number
  mark: { revision: number; seal: string }
}

/** The policy in force and how it stands with it. */
export class Held {
  #inForce: InForce | null = null
  #lastError: PolicyStatus['lastError'] = null
  #told = ''
  readonly #listeners = new Set<(status: PolicyStatus) => void>()
  readonly #development: () => boolean
  readonly #now: () => number
  readonly #log: PolicyLog

  constructor({ development, now, log }: { development: () => boolean; now: () => number; log: PolicyLog }) {
    this.#development = development
    this.#now = now
    this.#log = log
  }

  /** Null once the bundle has expired, or its key has: an old policy is no reason to go on. */
  current(): ActivePolicy | null {
    const inForce = this.#inForce
    return inForce !== null && this.#now() < inForce.validUntilMs ? inForce.active : null
  }

  /** Revision and seal of the bundle in force, expired or not. */
  get mark(): { revision: number; seal: string } | null {
    return this.#inForce?.mark ?? null
  }

  status(): PolicyStatus {
    const active = this.current()
    const lastError = this.#lastError ?? (active === null ? this.#expiry() : null)
    const state = active === null ? 'denying' : lastError === null ? 'enforcing' : 'degraded'
    return { state, revision: active?.revision ?? null, lastError, development: this.#development() }
  }

  replace(active: ActivePolicy, { claims, seal, validUntilMs }: VerifiedBundle): void {
    this.#inForce = { active, validUntilMs, mark: { revision: claims.revision, seal } }
    this.#log.info('policy.activated', { revision: active.revision, digest: active.digest, key: active.keyId })
    this.tell()
  }

  /** The bundle in force is good until then, in epoch milliseconds: the keys trusted are others. */
  endsAt(validUntilMs: number): void {
    if (this.#inForce !== null) this.#inForce = { ...this.#inForce, validUntilMs }
    this.tell()
  }

  succeeded(): void {
    this.#lastError = null
    this.tell()
  }

  failed({ code, message }: BundleError): void {
    const known = this.#lastError
    if (known?.code !== code || known.message !== message) {
      this.#lastError = { code, message, at: new Date(this.#now()).toISOString() }
      this.#log.warn('policy.rejected', { code, message, active: this.current()?.revision ?? null })
    }
    this.tell()
  }

  notRestored({ code, message }: BundleError): void {
    this.#log.warn('policy.not_restored', { code, message })
  }

  onChange(listener: (status: PolicyStatus) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Tells the listeners, if anything is different from what they were told last. Time alone can make it so. */
  tell(): void {
    const status = this.status()
    const text = JSON.stringify([status, this.#inForce?.mark.seal])
    if (text === this.#told) return
    this.#told = text
    for (const listener of this.#listeners) {
      try {
        listener(status)
      } catch (error) {
        // One listener's trouble may not keep the others, or the policy, from going on.
        this.#log.warn('policy.listener_failed', { message: error instanceof Error ? error.message : 'unknown' })
      }
    }
  }

  #expiry(): PolicyStatus['lastError'] {
    const until = this.#inForce?.validUntilMs
    if (until === undefined) return null
    const at = new Date(until).toISOString()
    return { code: 'BUNDLE_EXPIRED', message: `the bundle expired at ${at}, and there is no newer one`, at }
  }
}
