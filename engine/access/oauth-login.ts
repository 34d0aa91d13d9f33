import { createHash, randomBytes } from 'node:crypto'
import type { OAuth2Auth } from '../contract/erp.ts'
import { parseStrictJson } from '../contract/strict-json.ts'
import { type OAuthClient, tokenError, tokenRequest } from '../contract/token-request.ts'
import { AccessError } from './access-error.ts'

/** What erp.yaml says of a grant that a person gives. */
export type CodeGrant = OAuth2Auth & { grant: 'authorization_code'; authorizeUrl: string; refreshToken: string }

export interface OAuthLogin {
  /** Where a browser has to go, and a person say yes. */
  url: string
  /**
   * Whether the browser came back from there, and not from elsewhere. Throws AccessError where the ERP said no.
   * @param back the redirect address with what the ERP added to it
   */
  isAnswer(back: URL): boolean
  /** The refresh token, for the code that came back. Throws AccessError. */
  finish(back: URL): Promise<string>
}

export interface LoginOptions {
  auth: CodeGrant
  client: OAuthClient
  redirectUri: string
  /** For the ERP's answer, in milliseconds. Default 30_000. */
  timeoutMs?: number
}

const LIMITS = { maxDepth: 8, maxBytes: 65_536 }

/** The authorization code flow (RFC 6749, 4.1) with PKCE (RFC 7636) where the ERP takes it. */
export function beginLogin({ auth, client, redirectUri, timeoutMs = 30_000 }: LoginOptions): OAuthLogin {
  const [state, verifier] = [secret(), secret()]
  const url = new URL(auth.authorizeUrl)
  const asked: Record<string, string> = {
    ...auth.parameters,
    response_type: 'code',
    client_id: client.clientId,
    redirect_uri: redirectUri,
    state,
    ...(auth.scopes === undefined ? {} : { scope: auth.scopes.join(' ') }),
    ...(auth.pkce === 'none' ? {} : { code_challenge: challenge(verifier), code_challenge_method: 'S256' }),
  }
  for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value)
  const isAnswer = (back: URL): boolean => {
    // Of another sign-in, or of nobody's: a page that the person looks at could send them here (RFC 6749, 10.12).
    if (back.searchParams.get('state') !== state) return false
    const error = back.searchParams.get('error')
    if (error === null) return back.searchParams.get('code') !== null
    throw new AccessError('LOGIN_REFUSED', `the ERP did not let the server in: ${nameOf(error)}`)
  }
  return {
    url: url.href,
    isAnswer,
    async finish(back) {
      if (!isAnswer(back)) throw new AccessError('LOGIN_REFUSED', 'expected the address that this login led to')
      const grant: Record<string, string> = {
        grant_type: 'authorization_code',
        code: back.searchParams.get('code') ?? '',
        redirect_uri: redirectUri,
      }
      if (auth.pkce !== 'none') grant['code_verifier'] = verifier
      const { status, document } = await answerOf(auth.tokenUrl, tokenRequest(auth, client, grant), timeoutMs)
      const error = tokenError(document)
      if (status !== 200 || error !== null) {
        throw new AccessError('LOGIN_REFUSED', `the ERP does not take the code: ${error ?? `HTTP ${status}`}`)
      }
      const token: unknown = document['refresh_token']
      if (typeof token === 'string' && token !== '') return token
      const help = 'it may want a scope for that, such as `offline_access`, under `scopes` in erp.yaml'
      throw new AccessError('LOGIN_REFUSED', `the ERP let the server in, and gave no refresh token: ${help}`)
    },
  }
}

async function answerOf(
  address: string,
  { method, headers, body }: ReturnType<typeof tokenRequest>,
  timeoutMs: number,
): Promise<{ status: number; document: Record<string, unknown> }> {
  try {
    // A redirect could lead the client's secret anywhere.
    const sent = { method, headers, body, redirect: 'error', signal: AbortSignal.timeout(timeoutMs) } as const
    const answer = await fetch(address, sent)
    return { status: answer.status, document: documentIn(await answer.bytes()) }
  } catch (cause) {
    throw new AccessError('LOGIN_UNREACHABLE', `no answer from ${new URL(address).origin}: log in once more`, { cause })
  }
}

function documentIn(bytes: Uint8Array): Record<string, unknown> {
  try {
    return { ...Object(parseStrictJson(bytes, LIMITS)) }
  } catch {
    return {}
  }
}

/** 256 bits, in the characters of a verifier (RFC 7636, 4.1). */
function secret(): string {
  return randomBytes(32).toString('base64url')
}

function challenge(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url')
}

function nameOf(error: string): string {
  return /^[a-z_]{1,40}$/.test(error) ? `\`${error}\`` : 'with an error that has no name'
}
