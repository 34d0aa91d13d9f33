import type { AuthItem, Connection, OAuth2Auth } from '../../contract/erp.ts'

/**
 * What changed in how calls say who they are, one sentence each. A scope more is a right more, and another address for
 * tokens gets the client's secret: neither may be lost in a list.
 */
export function authChanges(before: Connection, after: Connection): string[] {
  const [old, now] = [oauthOf(before.auth), oauthOf(after.auth)]
  if (old !== undefined && now !== undefined) {
    const others = changed(withoutOAuth(before.auth), withoutOAuth(after.auth)) ? [told(before.auth, after.auth)] : []
    return [...others, ...KEYS.flatMap((key) => difference(old, now, key))]
  }
  if (!changed(before.auth, after.auth)) return []
  const begun = now === undefined ? [] : KEYS.flatMap((key) => introduced(now, key))
  return [told(before.auth, after.auth), ...begun]
}

function told(before: readonly AuthItem[], after: readonly AuthItem[]): string {
  const [was, is] = [kinds(before), kinds(after)]
  // Of the same kind, the names of headers and credentials tell what is other.
  const words = was === is ? [shown(before), shown(after)] : [was, is]
  return `how calls authenticate changed in erp.yaml (${words[1]}, was ${words[0]})`
}

const KEYS = [
  'grant',
  'authorizeUrl',
  'tokenUrl',
  'scopes',
  'clientId',
  'clientSecret',
  'clientAuth',
  'refreshToken',
  'pkce',
  'parameters',
  'headers',
] as const satisfies readonly (keyof OAuth2Auth)[]
type Key = (typeof KEYS)[number]

// A key that the contract gets has to be told of here too.
const WORDS: Record<Exclude<keyof OAuth2Auth, 'in'>, string> = {
  grant: 'the OAuth 2 grant',
  authorizeUrl: 'where a person lets the server in (OAuth 2)',
  tokenUrl: 'where tokens are got and the client’s secret goes (OAuth 2)',
  scopes: 'the scopes asked for (OAuth 2)',
  clientId: 'the credential that names the client (OAuth 2)',
  clientSecret: 'the credential that is the client’s secret (OAuth 2)',
  clientAuth: 'how the client says who it is (OAuth 2)',
  refreshToken: 'the credential that a login fills (OAuth 2)',
  pkce: 'the proof of a login’s code (OAuth 2, PKCE)',
  parameters: 'what else is asked of the token’s address (OAuth 2)',
  headers: 'what else is sent to the token’s address (OAuth 2)',
}

function introduced(now: OAuth2Auth, key: Key): string[] {
  return key === 'authorizeUrl' || key === 'tokenUrl' || key === 'scopes'
    ? difference({ ...now, [key]: undefined }, now, key)
    : []
}

function difference(old: Partial<OAuth2Auth>, now: OAuth2Auth, key: Key): string[] {
  if (!changed(old[key], now[key])) return []
  if (key !== 'scopes') return [`${WORDS[key]} changed in erp.yaml (${shown(now[key])}, was ${shown(old[key])})`]
  const [were, are] = [new Set(old.scopes), new Set(now.scopes)]
  const more = [...are.difference(were)].map((scope) => `+${scope}`)
  const fewer = [...were.difference(are)].map((scope) => `-${scope}`)
  // In another order they are the same.
  if (more.length + fewer.length === 0) return []
  return [`${WORDS.scopes} changed in erp.yaml (${[...more, ...fewer].join(' ')})`]
}

function oauthOf(auth: readonly AuthItem[]): OAuth2Auth | undefined {
  return auth.find((item) => item.in === 'oauth2')
}

function withoutOAuth(auth: readonly AuthItem[]): AuthItem[] {
  return auth.filter((item) => item.in !== 'oauth2')
}

function kinds(auth: readonly AuthItem[]): string {
  return auth.length === 0 ? 'not at all' : auth.map((item) => item.in).join(' and ')
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function changed(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) !== JSON.stringify(b)
}
