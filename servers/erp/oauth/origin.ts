import type { OAuth2Auth } from '../../../engine/contract/erp.ts'
import type { GrantPlace } from '../../../engine/contract/erp-grant.ts'
import { ErpFailure, notSent } from '../outcome.ts'
import type { TokenAsk } from './token-request.ts'

/** What a company's first token is asked for with. Throws ErpFailure where its credential lacks something. */
export function firstAsk(
  auth: OAuth2Auth,
  company: string,
  credential: (company: string, name: string) => string,
): TokenAsk & GrantPlace {
  const [clientId, clientSecret] = [credential(company, auth.clientId), credential(company, auth.clientSecret)]
  if (auth.grant === 'client_credentials') {
    const from = [auth.tokenUrl, clientId, clientSecret, auth.scopes ?? [], auth.parameters ?? {}]
    return { company, clientId, clientSecret, refresh: null, origin: JSON.stringify(from) }
  }
  const refresh = granted(auth, company, credential)
  // A new secret of the client, or other scopes for the next login, end no grant.
  return { company, clientId, clientSecret, refresh, origin: JSON.stringify([auth.tokenUrl, clientId, refresh]) }
}

function granted(auth: OAuth2Auth, company: string, credential: (company: string, name: string) => string): string {
  try {
    return credential(company, auth.refreshToken ?? '')
  } catch (error) {
    if (!(error instanceof ErpFailure)) throw error
    throw notSent('auth', 'nobody has let the server into the ERP for this company yet: an operator has to log in')
  }
}
