import type { OAuth2Auth } from '../../../engine/contract/erp.ts'
import { readPointer } from '../../../engine/contract/pointer.ts'
import {
  type OAuthClient,
  type TokenRequest,
  tokenError,
  tokenRequest,
} from '../../../engine/contract/token-request.ts'
import type { ReadAnswer } from '../answer.ts'
import { headerSeconds } from '../error-rule.ts'
import { scalarText } from '../exact-json.ts'
import { type ErpErrorKind, ErpFailure } from '../outcome.ts'

/** What a token is asked for with: a person's grant, or the client alone. */
export interface TokenAsk extends OAuthClient {
  /** Null: the client's own credential is what is asked with. */
  refresh: string | null
}

/** What the ERP gave. */
export interface TokenGiven {
  access: string
  /** Null where it gave none: the one that was used stays good. */
  refresh: string | null
  livesMs: number
}

/** The ERP gave no token. `ended`: it knows no such grant, so only a new login helps. `waitMs`: it is left alone for so long. */
export class TokenRefused extends ErpFailure {
  readonly ended: boolean
  readonly waitMs: number

  constructor(
    kind: ErpErrorKind,
    message: string,
    { ended = false, waitMs = 0 }: { ended?: boolean; waitMs?: number } = {},
  ) {
    super({ kind, message }, true)
    this.ended = ended
    this.waitMs = waitMs
  }
}

/** The ERP need not say how long a token lives (RFC 6749, 5.1): it is renewed at the latest then, or once it is refused. */
const UNSAID_MS = 3_600_000
const LONGEST_MS = 31 * 86_400_000
/** A client that is not known, or may not do this, is mended by a person. */
const MENDED_MS = 60_000

/** The request that asks so. */
export function requestFor(auth: OAuth2Auth, { refresh, ...client }: TokenAsk): TokenRequest {
  // Without a scope a refresh is for all that was granted.
  if (refresh !== null) return tokenRequest(auth, client, { grant_type: 'refresh_token', refresh_token: refresh })
  const scope = auth.scopes === undefined ? {} : { scope: auth.scopes.join(' ') }
  return tokenRequest(auth, client, { grant_type: 'client_credentials', ...scope })
}

/** What the answer gives. Throws TokenRefused; its message repeats nothing but the error's name (RFC 6749, 5.2). */
export function tokenGiven(answer: ReadAnswer, { refresh }: TokenAsk): TokenGiven {
  const { status, document, headers } = answer
  if (status >= 300 && status < 400) {
    throw new TokenRefused('redirect_refused', 'the ERP points to another address for its tokens')
  }
  const error = tokenError(document)
  if (status >= 400 || error !== null) throw refusalOf(status, error, refresh !== null, headers)
  const [access, type, lives, next] = ['/access_token', '/token_type', '/expires_in', '/refresh_token'].map((pointer) =>
    scalarText(readPointer(document, pointer)),
  )
  if (!access || (type ?? 'bearer').toLowerCase() !== 'bearer') {
    throw new TokenRefused('unreadable_answer', 'the ERP answered no bearer token')
  }
  const seconds = Number(lives ?? Number.NaN)
  const livesMs = seconds > 0 ? Math.min(seconds * 1000, LONGEST_MS) : UNSAID_MS
  return { access, refresh: next || null, livesMs }
}

function refusalOf(
  status: number,
  error: string | null,
  isGrant: boolean,
  headers: ReadAnswer['headers'],
): TokenRefused {
  const named = error === null ? `HTTP ${status}` : error
  if (error === 'invalid_grant' && isGrant) return new TokenRefused('auth', ENDED, { ended: true })
  if (status === 429) {
    const waitMs = 1000 * (headerSeconds(headers['retry-after'], headers.date) ?? 60)
    return new TokenRefused('rate_limited', 'the ERP asks to ask for tokens less often', { waitMs })
  }
  if (status >= 500 || error === 'temporarily_unavailable' || error === 'server_error') {
    return new TokenRefused('server', `the ERP failed to give a token (${named})`)
  }
  return new TokenRefused('auth', `the ERP gave no token (${named})`, { waitMs: MENDED_MS })
}

export const ENDED = 'the ERP has ended the grant of this company: an operator has to log in again'
