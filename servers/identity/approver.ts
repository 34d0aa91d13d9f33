import type { Identity } from './identity.ts'
import { TokenError } from './token-error.ts'
import type { TokenLimits, Verifier } from './verifier.ts'

/** A person who decides on requests for approval, from a token of its own kind and nothing else. */
export interface Approver {
  person: string
  /** As the policy knows them: none where role claims are ignored. */
  roles: string[]
  /** CNPJs the token is bound to; none: the only company there is. */
  companies: string[]
  token_age_s: number
}

/** The audience of approvers' tokens: `/mcp` refuses them, and these places refuse the tokens of `/mcp`. */
export function approvalsAudience(erp: string): string {
  return `alcada:${erp}:approvals`
}

/** @throws TokenError; claims_invalid where the token is not a human's own */
export async function verifyApprover(
  verifier: Pick<Verifier, 'verify'>,
  authorization: string | undefined,
  limits: TokenLimits | undefined,
): Promise<Approver> {
  return approverOf(await verifier.verify(authorization, limits), limits)
}

/** @throws TokenError claims_invalid where it is not a human's own */
export function approverOf({ caller, companies }: Identity, limits: TokenLimits | undefined): Approver {
  const { id, person, kind, roles, token_age_s } = caller
  if (kind !== 'human' || id !== person) {
    throw new TokenError('claims_invalid', 'expected claim `kind` to be `human`: no agent approves')
  }
  // Without a policy, or where it ignores role claims, nobody holds a role that could approve.
  return { person, roles: limits?.roles === undefined || limits.roles === null ? [] : roles, companies, token_age_s }
}
