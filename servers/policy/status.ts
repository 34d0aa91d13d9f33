import type { BundleClaims } from '../../engine/contract/bundle-claims.ts'
import type { BundleErrorCode } from '../../engine/contract/bundle-error.ts'
import type { Catalogue } from '../../engine/contract/catalogue.ts'
import type { Config } from '../../engine/contract/config.ts'
import type { Policy } from '../../engine/contract/evaluate.ts'

/** One bundle in force. Nothing in it ever changes: a call takes it once and uses it to its end. */
export interface ActivePolicy {
  revision: number
  /** Digest of the unsigned content: the same for every build of the same sources. */
  digest: string
  claims: BundleClaims
  /** Id of the key that signed it. */
  keyId: string
  /** With the address this installation uses. */
  catalogue: Catalogue
  config: Config
  policy: Policy
}

export interface PolicyStatus {
  /** enforcing: all well. degraded: a policy is enforced, but the newest bundle could not be had. denying: none is. */
  state: 'enforcing' | 'degraded' | 'denying'
  /** Null while denying. */
  revision: number | null
  lastError: { code: BundleErrorCode; message: string; at: string } | null
  /** True when the trust holds a development key: such a server listens on loopback only. */
  development: boolean
}

export interface PolicyHolder {
  /** The policy in force; null denies everything. A call asks once. */
  current(): ActivePolicy | null
  status(): PolicyStatus
  /** When the channel last showed that nothing is newer than what is in force, in epoch milliseconds; 0: never. */
  confirmedMs(): number
  /** Called after every change of `current` or `status`. @returns stops it */
  onChange(listener: (status: PolicyStatus) => void): () => void
  /** Looks at the channel now. Never throws: what went wrong stands in `status`. */
  reload(): Promise<void>
  /** The keys trusted are others: judges the policy in force by them, and looks at the channel. Never throws. */
  trustChanged(): Promise<void>
  /** Ends watching; waits for a reload under way. The policy in force stays. */
  stop(): Promise<void>
}

/** Events with chosen fields. */
export interface PolicyLog {
  info(event: string, fields: Record<string, string | number | boolean | null>): void
  warn(event: string, fields: Record<string, string | number | boolean | null>): void
}
