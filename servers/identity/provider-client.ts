import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  ClientSecretBasic,
  type Configuration,
  calculatePKCECodeChallenge,
  customFetch,
  discovery,
  None,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client'
import type { IssuerConfig, LoginConfig } from '../../engine/contract/identity-config.ts'
import { LoginError, toLoginError } from './login-error.ts'
import { boundedText, mayBeAsked } from './provider-answer.ts'

/** An issuer that approvers sign in with. */
export type LoginIssuer = IssuerConfig & { login: LoginConfig }

/** What a browser must bring back, and what only we know: kept from the start of a sign-in to its end. */
export interface LoginChecks {
  state: string
  nonce: string
  /** Of PKCE (RFC 7636). */
  verifier: string
}

export interface ProviderClient {
  /** Where the browser is to go. Throws LoginError. */
  begin(issuer: LoginIssuer, redirectUri: string): Promise<{ url: string; checks: LoginChecks }>
  /**
   * The ID token for a browser that came back. Its signature is not looked at here.
   * @param back the redirect address with what the provider added to it
   * @throws LoginError
   */
  finish(issuer: LoginIssuer, back: URL, checks: LoginChecks): Promise<string>
}

export interface ProviderClientOptions {
  /** What `secret:NAME` stands for; null where the store has none of that name. */
  secret(name: string): string | null
  /** True: http on loopback is taken, for a provider on this machine. */
  development: boolean
  /** For one answer of the provider, in seconds. Default 5. */
  timeoutS?: number
  /** How long what a provider says of itself is good for, in milliseconds. Default 600_000. */
  keepMs?: number
}

/** The authorization code flow with PKCE. Sources: OpenID Connect Core 1.0, 3.1; RFC 9700, 2.1. */
export function providerClient(options: ProviderClientOptions): ProviderClient {
  const { secret, development, timeoutS = 5, keepMs = 600_000 } = options
  const known = new Map<string, { at: number; config: Promise<Configuration> }>()

  async function discovered({ issuer, keys, login }: LoginIssuer): Promise<Configuration> {
    const address = new URL('discovery' in keys ? keys.discovery : issuer)
    const clientSecret = login.client_secret === null ? null : secret(login.client_secret.slice('secret:'.length))
    if (login.client_secret !== null && clientSecret === null) {
      throw new LoginError('login_unavailable', `expected \`${login.client_secret}\` in the credential store`)
    }
    const proof = clientSecret === null ? None() : ClientSecretBasic(clientSecret)
    const config = await discovery(address, login.client_id, {}, proof, {
      timeout: timeoutS,
      [customFetch]: (url, init) => askProvider(url, { ...init, body: init.body ?? null }, development),
      execute: development ? [allowInsecureRequests] : [],
    })
    const { issuer: named, authorization_endpoint: start } = config.serverMetadata()
    // OpenID Connect Discovery 1.0, 4.3: a document that speaks for another issuer is not this one's.
    if (named !== issuer || start === undefined || !mayBeAsked(start, development)) {
      throw new LoginError('login_unavailable', 'expected the document of the issuer itself, with https addresses')
    }
    return config
  }

  async function configOf(issuer: LoginIssuer): Promise<Configuration> {
    const id = JSON.stringify([issuer.issuer, issuer.keys, issuer.login])
    const before = known.get(id)
    if (before !== undefined && performance.now() < before.at + keepMs) return before.config
    const config = discovered(issuer)
    known.set(id, { at: performance.now(), config })
    // What failed is asked for again.
    config.catch(() => known.delete(id))
    return config
  }

  return {
    async begin(issuer, redirectUri) {
      const checks = { state: randomState(), nonce: randomNonce(), verifier: randomPKCECodeVerifier() }
      try {
        const url = buildAuthorizationUrl(await configOf(issuer), {
          redirect_uri: redirectUri,
          scope: [...new Set(['openid', ...issuer.login.scopes])].join(' '),
          state: checks.state,
          nonce: checks.nonce,
          code_challenge: await calculatePKCECodeChallenge(checks.verifier),
          code_challenge_method: 'S256',
        })
        return { url: url.href, checks }
      } catch (error) {
        throw toLoginError(error)
      }
    },
    async finish(issuer, back, { state, nonce, verifier }) {
      try {
        const given = await authorizationCodeGrant(await configOf(issuer), back, {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
        })
        return given.id_token ?? ''
      } catch (error) {
        throw toLoginError(error)
      }
    },
  }
}

async function askProvider(url: string, init: RequestInit, development: boolean): Promise<Response> {
  if (!mayBeAsked(url, development)) throw new Error('expected an https address')
  // A redirect could lead anywhere.
  const answer = await fetch(url, { ...init, redirect: 'error' })
  const text = await boundedText(answer)
  const { status, headers } = answer
  return new Response(status === 204 || status === 304 ? null : text, { status, headers })
}
