import { createRemoteJWKSet, customFetch, type FetchImplementation, type JWTVerifyGetKey } from 'jose'
import type { IssuerConfig } from '../../engine/contract/identity-config.ts'
import { boundedText, mayBeAsked } from './provider-answer.ts'
import { TokenError } from './token-error.ts'

export interface RemoteKeysOptions {
  /** Keys are fetched again in the background once they are this old, in milliseconds. Default 600_000. */
  refreshMs?: number
  /** How long keys are used while the provider cannot be reached, in milliseconds. Default 3_600_000. */
  keepMs?: number
  /** Between two looks for a key that is not known, in milliseconds. Default 30_000. */
  cooldownMs?: number
  /** After a look that failed, in milliseconds. Default 5_000. */
  retryMs?: number
  /** For one answer of the provider, in milliseconds. Default 5_000. */
  timeoutMs?: number
  /** True: http on loopback is taken, for a provider on this machine. */
  development: boolean
}

/**
 * The keys of an identity provider, looked up by `kid`: a key that is not known is looked for, so that the provider can
 * rotate; while the provider is down the keys it gave last are good for a bounded time. The finder throws TokenError
 * `issuer_unavailable` when it cannot know.
 */
export function remoteKeys({ issuer, keys }: IssuerConfig, options: RemoteKeysOptions): JWTVerifyGetKey {
  const { refreshMs = 600_000, keepMs = 3_600_000, cooldownMs = 30_000, retryMs = 5_000, timeoutMs = 5_000 } = options
  const { development } = options
  let askedMs = Number.NEGATIVE_INFINITY
  let failedMs = Number.NEGATIVE_INFINITY

  const load: FetchImplementation = async (url, { signal }) => {
    // A provider that is down is not asked again by every request that comes in.
    if (performance.now() < failedMs + retryMs) throw unavailable()
    askedMs = performance.now()
    try {
      const given = await readJson(url, signal, development)
      const set = 'jwks' in keys ? given : await readJson(addressOfKeys(given, issuer), signal, development)
      if (!Array.isArray(set['keys'])) throw new Error('expected a set of keys')
      failedMs = Number.NEGATIVE_INFINITY
      return Response.json(set)
    } catch (cause) {
      failedMs = performance.now()
      throw unavailable(cause)
    }
  }
  const set = createRemoteJWKSet(new URL('jwks' in keys ? keys.jwks : keys.discovery), {
    cacheMaxAge: keepMs,
    cooldownDuration: cooldownMs,
    timeoutDuration: timeoutMs,
    [customFetch]: load,
  })
  return (header, token) => {
    const old = performance.now() > askedMs + refreshMs
    if (set.fresh && old && !set.reloading) set.reload().catch(() => undefined)
    return set(header, token)
  }
}

// OpenID Connect Discovery 1.0, 4.3: a document that speaks for another issuer is not this one's.
function addressOfKeys(document: Record<string, unknown>, issuer: string): string {
  const { issuer: named, jwks_uri: address } = document
  if (named !== issuer) throw new Error('expected the document of the issuer itself')
  if (typeof address !== 'string') throw new Error('expected `jwks_uri`')
  return address
}

async function readJson(url: string, signal: AbortSignal, development: boolean): Promise<Record<string, unknown>> {
  if (!mayBeAsked(url, development)) throw new Error('expected an https address')
  // A redirect could lead anywhere.
  const answer = await fetch(url, { signal, redirect: 'error', headers: { accept: 'application/json' } })
  if (answer.status !== 200) throw new Error(`expected status 200, got ${answer.status}`)
  const value: unknown = JSON.parse(await boundedText(answer))
  if (!isRecord(value)) throw new Error('expected an object')
  return value
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function unavailable(cause?: unknown): TokenError {
  return new TokenError('issuer_unavailable', 'the keys of the issuer cannot be had now: try again later', { cause })
}
