import type { IncomingMessage } from 'node:http'
import type { Language } from '../approval-dictionary.ts'

export function cookiesOf(request: IncomingMessage): Map<string, string> {
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='))
  return new Map(pairs.map(([name = '', ...value]) => [name, value.join('=')]))
}

/** @param site Strict by default. Lax: it is sent along when another site leads the browser here. */
export function setCookie(
  name: string,
  value: string,
  { secure, ageS, site = 'Strict' }: { secure: boolean; ageS: number; site?: 'Strict' | 'Lax' },
): string {
  return `${name}=${value}; Path=/; HttpOnly; SameSite=${site}; Max-Age=${ageS}${secure ? '; Secure' : ''}`
}

/** As chosen on the page, else as the browser asks, else Portuguese. */
export function languageOf(request: IncomingMessage): Language {
  const chosen = cookiesOf(request).get('alcada-language')
  if (chosen === 'pt' || chosen === 'en') return chosen
  const asked = /\b(pt|en)\b/.exec((request.headers['accept-language'] ?? '').toLowerCase())?.[1]
  return asked === 'en' ? 'en' : 'pt'
}

/** `__Host-` ties it to this host and https; plain http, on loopback alone, cannot have it (RFC 6265bis, 4.1.3.2). */
export function sessionCookie(secure: boolean): string {
  return secure ? '__Host-alcada' : 'alcada'
}

export function flowCookie(secure: boolean): string {
  return secure ? '__Host-alcada-login' : 'alcada-login'
}
