import { createHash, randomBytes } from 'node:crypto'

/** Seconds an access token lasts, as its answer says; read off real answers by several users of the API. */
export const ACCESS_S = 21_600
/** Days a refresh token lasts. */
const REFRESH_DAYS = 30
/** A code is good for a minute. */
const CODE_MS = 60_000

/** What the token endpoint answers. */
export interface TokenAnswer {
  access_token: string
  expires_in: number
  token_type: 'Bearer'
  scope: string
  refresh_token: string
}

/** One authorized application of one account: its tokens, each kept as a digest. */
export interface Grants {
  /** A code as the browser brings it back. */
  newCode(redirectUri: string): string
  /** Undefined: the code is unknown, used, too old, or was asked for with another address. */
  byCode(code: string, redirectUri: string | null): TokenAnswer | undefined
  /** Undefined: unknown, too old, or used before. One used a second time ends every token that came of the same consent. */
  byRefresh(token: string): TokenAnswer | undefined
  /** A first refresh token, as a person's consent would have brought it. */
  consent(): string
  judge(access: string): 'good' | 'expired' | 'unknown'
  /** Ends every access token at once, as an administrator who takes the consent back and gives it again. */
  endAccess(): void
}

export function openGrants(now: () => number): Grants {
  const codes = new Map<string, { at: number; redirectUri: string }>()
  const refresh = new Map<string, { until: number; family: string; used: boolean }>()
  const access = new Map<string, { until: number; family: string }>()

  const issue = (family: string): TokenAnswer => {
    const [first, second] = [token(), token()]
    access.set(digest(first), { until: now() + ACCESS_S * 1000, family })
    refresh.set(digest(second), { until: now() + REFRESH_DAYS * 86_400_000, family, used: false })
    return {
      access_token: first,
      expires_in: ACCESS_S,
      token_type: 'Bearer',
      scope: '98309 98313',
      refresh_token: second,
    }
  }
  const endFamily = (family: string): void => {
    for (const [key, one] of access) if (one.family === family) access.delete(key)
    for (const [key, one] of refresh) if (one.family === family) refresh.delete(key)
  }
  return {
    newCode(redirectUri) {
      const code = token()
      codes.set(digest(code), { at: now(), redirectUri })
      return code
    },
    byCode(code, redirectUri) {
      const known = codes.get(digest(code))
      codes.delete(digest(code))
      if (known === undefined || known.at < now() - CODE_MS) return undefined
      return redirectUri !== null && redirectUri !== known.redirectUri ? undefined : issue(token())
    },
    byRefresh(given) {
      const known = refresh.get(digest(given))
      if (known?.used === true) endFamily(known.family)
      if (known === undefined || known.used || known.until <= now()) return undefined
      known.used = true
      return issue(known.family)
    },
    consent: () => issue(token()).refresh_token,
    judge(given) {
      const known = access.get(digest(given))
      if (known === undefined) return 'unknown'
      return known.until > now() ? 'good' : 'expired'
    },
    endAccess: () => access.clear(),
  }
}

function token(): string {
  return randomBytes(20).toString('hex')
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}
