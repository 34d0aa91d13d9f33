import type { Config } from '../../engine/contract/config.ts'
import type { Identity } from './identity.ts'

/**
 * A registered agent acts for the companies written down for it: the token may name fewer. Where none is left the
 * token's own stay, for the policy to refuse; roles, the person and the last day are the policy's to judge.
 */
export function narrowed(identity: Identity, callers: Config['rbac']['callers']): Identity {
  const { id } = identity.caller
  const registered = Object.hasOwn(callers, id) ? callers[id] : undefined
  if (registered === undefined) return identity
  if (identity.companies.length === 0) return { ...identity, companies: [...registered.companies] }
  const companies = identity.companies.filter((company) => registered.companies.includes(company))
  return companies.length === 0 ? identity : { ...identity, companies }
}
