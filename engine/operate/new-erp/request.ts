import type { AuthType } from './auth.ts'
import type { Description } from './openapi/document.ts'

/** What an ERP is made from. */
export interface NewErp {
  /** Folder name and OPA package. */
  name: string
  title: string
  /** Without a slash at its end. */
  apiUrl: string
  authType: AuthType
  /** Null: a usual one stands in for it. */
  description: Description | null
  /** E-mail address of who answers for it; null: a warning stays until somebody is named. */
  owner: string | null
}

/** Words of Rego, roots of its data, and what the Rego of an ERP calls its own: none of them can name a package there. */
const RESERVED = new Set(
  `as contains default else every false if import in not null package set some true with
   shared config data input system rego fixture window alerts raised quiet decided decision call codes changes field
   names shown role kinds seen metrics verdict access rbac security test deny mask`.split(/\s+/),
)

/** Why this cannot be an ERP's name; null when it can. */
export function faultOfName(name: string): string | null {
  if (!/^[a-z][a-z0-9_]{0,31}$/.test(name)) {
    return `expected a name of lower-case letters, digits and \`_\`, beginning with a letter, got \`${name}\``
  }
  return RESERVED.has(name) ? `\`${name}\` is a word that policies use themselves; take another name` : null
}

/** Why this cannot be an API's address; null when it can. */
export function faultOfUrl(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !/^https?:$/.test(url.protocol))
    return `expected an address such as \`https://api.example.com/v1\`, got \`${text}\``
  if (url.username !== '' || url.password !== '') return 'a credential does not belong into the address'
  if (url.search !== '' || url.hash !== '') return `expected an address without \`?\` and \`#\`, got \`${text}\``
  const loopback = /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/.test(url.hostname)
  return url.protocol === 'https:' || loopback
    ? null
    : `expected https, got \`${text}\`: only on this machine is http enough`
}

/** `acme_erp` → `Acme erp`. */
export function titleOf(name: string): string {
  return `${name.slice(0, 1).toUpperCase()}${name.slice(1).replaceAll('_', ' ')}`
}

/** Why this cannot be an owner's address; null when it can. */
export function faultOfOwner(text: string): string | null {
  return /^[^\s@"]+@[^\s@".]+(?:\.[^\s@".]+)+$/.test(text) ? null : `expected an e-mail address, got \`${text}\``
}
