import querystring from 'node:querystring'

/** Takes the secrets it knows out of whatever is about to leave the server. */
export interface Redactor {
  /** From now on these are taken out, in the forms they are sent and echoed in. `session`: it will be another soon. */
  learn(secrets: readonly string[], kind?: 'credential' | 'session'): void
  text(text: string): string
  /** Data without them, keys included; the very same where there are none in it. */
  value<Value>(value: Value): Value
}

export const HIDDEN = '[secret]'

/**
 * Shorter ones are hidden only where they are a whole value: within a text they would tear up words that have nothing
 * to do with them.
 */
const LEAST = 8
/** A signed token in its compact form (RFC 7515, 7.1): whoever has it is let in, so nobody need have named it a secret. */
const TOKEN = /(?<![\w-])eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{16,}/g
/** Sessions come and go: of so many the oldest is forgotten. */
const SESSIONS = 200

/** A redactor that knows nothing yet. */
export function createRedactor(): Redactor {
  const credentials = new Set<string>()
  const sessions = new Set<string>()
  let long: RegExp | null = null
  let short: ReadonlySet<string> = new Set()

  function learn(secrets: readonly string[], kind: 'credential' | 'session' = 'credential'): void {
    const to = kind === 'credential' ? credentials : sessions
    const before = credentials.size + sessions.size
    for (const secret of secrets) {
      if (secret === '') continue
      // The oldest is the one that was not in use for longest.
      if (kind === 'session') to.delete(secret)
      to.add(secret)
    }
    if (credentials.size + sessions.size === before) return
    for (const oldest of sessions) {
      if (sessions.size <= SESSIONS) break
      sessions.delete(oldest)
    }
    const all = [...credentials, ...sessions]
    short = new Set(all.filter((secret) => secret.length < LEAST))
    long = anyOf(all.filter((secret) => secret.length >= LEAST).flatMap(formsOf))
  }

  const holds = (text: string): boolean =>
    text.length < LEAST ? short.has(text) : (long !== null && text.search(long) >= 0) || holdsToken(text)
  const text = (given: string): string => {
    if (!holds(given)) return given
    if (given.length < LEAST) return HIDDEN
    const known = long === null ? given : given.replace(long, HIDDEN)
    return known.replace(TOKEN, HIDDEN)
  }
  const hidden = (key: string, value: unknown): unknown => {
    if (typeof value === 'string') return text(value)
    if (typeof value === 'number') return key !== '' && holds(String(value)) ? HIDDEN : value
    if (typeof value !== 'object' || value === null || Array.isArray(value) || JSON.isRawJSON(value)) return value
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [text(name), inner]))
  }
  return {
    learn,
    text,
    // Nearly everything holds none: it is looked through once, and nothing is copied.
    value: (given) => (found(given, holds) ? JSON.parse(JSON.stringify(given, hidden)) : given),
  }
}

function holdsToken(text: string): boolean {
  return text.includes('eyJ') && text.search(TOKEN) >= 0
}

function found(value: unknown, holds: (text: string) => boolean): boolean {
  if (typeof value === 'string') return holds(value)
  if (typeof value === 'number') return holds(String(value))
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return value.some((item) => found(item, holds))
  for (const [name, inner] of Object.entries(value)) if (found(inner, holds) || holds(name)) return true
  return false
}

/** The password of an address like `postgres://user:password@host/`, as it stands there and as it is. */
export function secretsInAddress(address: string): string[] {
  const password = URL.canParse(address) ? new URL(address).password : ''
  if (password === '') return []
  return [password, querystring.unescape(password)]
}

/** As it is, as it stands in JSON, in JSON within JSON, in HTML, in an address, and as it is commonly encoded. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret)
  const base64 = bytes.toString('base64').replace(/=+$/, '')
  return [
    secret,
    inJson(secret),
    inJson(inJson(secret)),
    secret.replace(/[&<>"']/g, (found) => `&#${found.charCodeAt(0)};`),
    secret.replace(/[&<>"']/g, (found) => ENTITIES[found] ?? found),
    encodeURIComponent(secret.toWellFormed()),
    base64,
    bytes.toString('base64url'),
    bytes.toString('hex'),
  ]
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** The longest first, since one may stand inside another. ERPs write in capitals what they were sent otherwise. */
function anyOf(texts: readonly string[]): RegExp | null {
  if (texts.length === 0) return null
  const ordered = [...new Set(texts)].sort((a, b) => b.length - a.length)
  return new RegExp(ordered.map((text) => RegExp.escape(text)).join('|'), 'gi')
}
