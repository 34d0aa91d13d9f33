import type { SensitiveKind } from '../vocabulary.ts'
import { isCpf } from './check-digits.ts'
import { findPersonal } from './find.ts'
import { plainText } from './plain-text.ts'
import type { Shape } from './shape.ts'

/**
 * What a value is looked up by, the same however it is written and whichever field it stands in: `cpf:…`, `cnpj:…`,
 * `email:…`, `phone:…`, `evp:…`, `name:…`, `bank:…`. Null for what identifies nobody: a branch, a few characters.
 */
export function subjectOf(kind: SensitiveKind, value: string): string | null {
  const plain = plainText(value)
  const bare = plain.text.replace(/[^0-9A-Za-z]/g, '').toUpperCase()
  if (bare.length < 5) return null
  switch (kind) {
    case 'document':
      return documentSubject(bare)
    case 'email':
      return `email:${plain.lower.trim()}`
    case 'phone':
      return phoneSubject(bare)
    case 'pix':
      return keySubject(plain.lower.trim(), bare)
    case 'bank':
      return `bank:${bare}`
    case 'url':
      return `link:${value.trim()}`
    case 'name':
    case 'address':
      return `${kind}:${plain.lower.replace(/[^\p{L}\p{N}]+/gu, ' ').trim()}`
  }
}

/** The same of what was found in a text. An access key is looked up by its issuer. */
export function subjectOfShape({ shape, value }: Shape): string | null {
  switch (shape) {
    case 'cpf':
    case 'cnpj':
      return `${shape}:${value}`
    case 'access_key':
      return documentSubject(value.slice(6, 20).replace(/^000(?=[0-9]{11}$)/, ''))
    case 'email':
      return `email:${value}`
    case 'phone':
      return phoneSubject(value)
    case 'evp':
      return `evp:${value}`
    case 'brcode':
    case 'boleto':
    case 'link':
      return `${shape}:${value}`
    case 'branch':
      return null
    case 'account':
    case 'iban':
      return value.length < 5 ? null : `bank:${value.toUpperCase()}`
  }
}

/** Everything that somebody's identifier, written in any way, may be looked up by. Sorted. */
export function subjectsFor(identifier: string): string[] {
  const text = identifier.trim()
  const bare = plainText(text).text.replace(/[^0-9A-Za-z]/g, '')
  const kinds: SensitiveKind[] = ['name', 'pix']
  if (/^[0-9]{11}$|^[0-9A-Za-z]{12}[0-9]{2}$/.test(bare)) kinds.push('document')
  if (/^0{0,2}[0-9]{8,13}$/.test(bare)) kinds.push('phone')
  if (/^[0-9]+[0-9xX]$/.test(bare)) kinds.push('bank')
  const found = [...findPersonal(text).map(subjectOfShape), ...kinds.map((kind) => subjectOf(kind, text))]
  return [...new Set(found)].filter((one) => one !== null).sort()
}

function documentSubject(bare: string): string {
  if (/^[0-9]{11}$/.test(bare)) return `cpf:${bare}`
  return bare.length === 14 ? `cnpj:${bare}` : `document:${bare}`
}

/** Area code and number. */
function phoneSubject(bare: string): string {
  const number = bare.replace(/^0+/, '').replace(/^55(?=[0-9]{10,11}$)/, '')
  return `phone:${number}`
}

// The five kinds of a PIX key (BCB, Manual Operacional do DICT). A telephone number is one with its country only.
function keySubject(lower: string, bare: string): string {
  if (lower.includes('@')) return `email:${lower}`
  if (/^[0-9A-F]{32}$/.test(bare)) return `evp:${bare.toLowerCase()}`
  if (lower.startsWith('+')) return phoneSubject(bare)
  if (isCpf(bare) || /^[0-9A-Z]{12}[0-9]{2}$/.test(bare)) return documentSubject(bare)
  return /^[0-9]{10,13}$/.test(bare) ? phoneSubject(bare) : `pix:${lower}`
}
