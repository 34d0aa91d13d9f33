import type { IdentityConfig } from '../../engine/contract/identity-config.ts'
import { type Approver, approverOf } from './approver.ts'
import { toLoginError } from './login-error.ts'
import type { LoginChecks, LoginIssuer, ProviderClient } from './provider-client.ts'
import type { TokenLimits, Verifier } from './verifier.ts'

export interface LoginProvider {
  issuer: string
  /** What the console calls it. */
  name: string
}

/** Sign-in of approvers with the providers that the policy in force names. */
export interface ProviderLogin {
  providers(): LoginProvider[]
  /** Where the browser is to go; null when this is none of the providers. Throws LoginError. */
  begin(issuer: string, redirectUri: string): Promise<{ url: string; checks: LoginChecks } | null>
  /** Who came back, read from the ID token as any token of that issuer is. Throws LoginError. */
  finish(issuer: string, back: URL, checks: LoginChecks): Promise<Approver>
}

export interface ProviderLoginOptions {
  client: ProviderClient
  verifier: Pick<Verifier, 'verifyIdToken'>
  /** Of the policy in force, with its issuers; undefined where there is none. */
  limits(): TokenLimits | undefined
}

export function providerLogin({ client, verifier, limits }: ProviderLoginOptions): ProviderLogin {
  const all = (): LoginIssuer[] => loginIssuers(limits()?.identity)
  const named = (issuer: string): LoginIssuer | undefined => all().find((one) => one.issuer === issuer)
  return {
    providers: () => all().map(({ issuer, login }) => ({ issuer, name: login.name })),
    async begin(issuer, redirectUri) {
      const provider = named(issuer)
      return provider === undefined ? null : client.begin(provider, redirectUri)
    },
    async finish(issuer, back, checks) {
      const [provider, rules] = [named(issuer), limits()]
      if (provider === undefined || rules === undefined) throw toLoginError(new Error('the provider is not known'))
      const token = await client.finish(provider, back, checks)
      try {
        const identity = await verifier.verifyIdToken(token, { issuer, nonce: checks.nonce }, rules)
        return approverOf(identity, rules)
      } catch (error) {
        throw toLoginError(error)
      }
    },
  }
}

function loginIssuers(identity: IdentityConfig | undefined): LoginIssuer[] {
  return (identity?.issuers ?? []).flatMap((issuer) => (issuer.login ? [{ ...issuer, login: issuer.login }] : []))
}
