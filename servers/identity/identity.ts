import type { Caller } from '../../engine/contract/decision-input.ts'

/** Who calls, from a verified token and nothing else. */
export interface Identity {
  /** `roles` as claimed: empty where the token has no roles claim. */
  caller: Omit<Caller, 'company'>
  /** CNPJs the token is bound to; empty when it names none. */
  companies: string[]
  /** False when the token has no roles claim: the policy's default role then applies. */
  rolesClaimed: boolean
  /** The token's own id, for the log; null when it has none. */
  tokenId: string | null
}
