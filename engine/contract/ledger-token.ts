import { createHmac } from 'node:crypto'
import { canonicalText } from './canonical.ts'
import { findPersonal } from './personal/find.ts'
import { replaced } from './personal/hide.ts'
import { isRecordId } from './personal/identifier-name.ts'
import type { SensitiveKind } from './vocabulary.ts'

/**
 * Arguments whose values are personal or secret data, by name at any depth. The names of the universal vocabulary,
 * and what upstream tools commonly call the same things.
 */
const KIND_OF_NAME: Readonly<Record<string, SensitiveKind>> = {
  name: 'name',
  name_contains: 'name',
  trade_name: 'name',
  holder_name: 'name',
  document: 'document',
  holder_document: 'document',
  cpf: 'document',
  cnpj: 'document',
  email: 'email',
  phone: 'phone',
  address: 'address',
  bank_code: 'bank',
  branch: 'bank',
  account: 'bank',
  iban: 'bank',
  pix_key: 'pix',
  vendor_name: 'name',
  customer_name: 'name',
  nome: 'name',
  razao_social: 'name',
  nome_fantasia: 'name',
  documento: 'document',
  cpf_cnpj: 'document',
  cnpj_cpf: 'document',
  telefone: 'phone',
  celular: 'phone',
  whatsapp: 'phone',
  endereco: 'address',
  agencia: 'bank',
  conta: 'bank',
  conta_corrente: 'bank',
  chave_pix: 'pix',
  password: 'bank',
  secret: 'bank',
  token: 'bank',
}

/**
 * Arguments as the ledger keeps them: every sensitive value is a keyed token, so that equal values can still be seen
 * to be equal, and without the key nobody can try values out (a bare hash of a CPF is found in seconds).
 */
export function tokenised(args: Readonly<Record<string, unknown>>, key: Uint8Array): Record<string, unknown> {
  return Object.fromEntries(Object.entries(args).map(([name, value]) => [name, inner(name, value, key)]))
}

/** Which kind of sensitive value an argument of this name holds; null when it is none. */
export function argumentKind(given: string): SensitiveKind | null {
  const name = given.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase()
  return Object.hasOwn(KIND_OF_NAME, name) ? (KIND_OF_NAME[name] ?? null) : null
}

/** `tok_document_…`: the same value of the same kind under the same key gives the same token. */
export function tokenOf(kind: SensitiveKind, value: unknown, key: Uint8Array): string {
  return `tok_${kind}_${keyedDigest(`${kind}:${canonicalText(value)}`, key).slice(0, 32)}`
}

/** HMAC-SHA-256 in hex, for digests over what may be personal data. */
export function keyedDigest(text: string, key: Uint8Array): string {
  return createHmac('sha256', key).update(text).digest('hex')
}

function inner(name: string, value: unknown, key: Uint8Array): unknown {
  const kind = argumentKind(name)
  if (kind !== null && value !== null) return tokenOf(kind, value, key)
  if (Array.isArray(value)) return value.map((item) => inner(name, item, key))
  if (typeof value === 'string') return tokenisedText(name, value, key)
  if (typeof value !== 'object' || value === null) return value
  return tokenised({ ...value }, key)
}

/** A text with a token in place of each personal value in it: also of a reference that is one, for tokens stay equal. */
export function tokenisedText(name: string, text: string, key: Uint8Array): string {
  const found = findPersonal(text, { name, identifier: isRecordId(name) })
  return replaced(text, found, ({ kinds: [kind], value }) => tokenOf(kind ?? 'document', value, key))
}
