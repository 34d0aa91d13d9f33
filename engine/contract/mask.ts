import { tokensOf } from './pointer.ts'
import type { SensitiveKind } from './vocabulary.ts'

const FIXED = '***'

/**
 * Hides the values that the pointers reach (`*` for every element) and leaves the rest as it is. What is null stays
 * null; a pointer to an object or a list hides every value in it.
 * @returns a copy, and the pointers that hid something
 */
export function maskData(
  data: unknown,
  masks: readonly { pointer: string; kind: SensitiveKind }[],
): { data: unknown; masked: string[] } {
  let masked: string[] = []
  let copy = data
  for (const { pointer, kind } of masks) {
    let hit = false
    copy = replaceAt(copy, tokensOf(pointer), (value) => {
      if (value === null || value === '') return value
      hit = true
      return maskValue(kind, value)
    })
    if (hit) masked = [...masked, pointer]
  }
  return { data: copy, masked: [...new Set(masked)].sort() }
}

/** A value with its identifying part hidden. CPF `***.456.789-**`, e-mail `a***@dominio`, phone `***4321`, else `***`. */
export function maskValue(kind: SensitiveKind, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => maskValue(kind, item))
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, maskValue(kind, inner)]))
  }
  if (value === null) return null
  if (typeof value !== 'string') return FIXED
  if (kind === 'document') return maskDocument(value)
  if (kind === 'email') return maskEmail(value)
  return kind === 'phone' && value.length >= 8 ? `${FIXED}${value.slice(-4)}` : FIXED
}

function maskDocument(value: string): string {
  const plain = value.replace(/[./-]/g, '')
  if (/^[0-9]{11}$/.test(plain)) return `***.${plain.slice(3, 6)}.${plain.slice(6, 9)}-**`
  if (/^[0-9A-Z]{12}[0-9]{2}$/.test(plain)) return `**.${plain.slice(2, 5)}.${plain.slice(5, 8)}/****-**`
  return FIXED
}

function maskEmail(value: string): string {
  const at = value.lastIndexOf('@')
  if (at < 1) return FIXED
  return `${at > 1 ? value.slice(0, 1) : ''}${FIXED}${value.slice(at)}`
}

// CPF, CNPJ (alphanumeric too) with or without punctuation, e-mail, telephone numbers.
const PERSONAL: readonly { pattern: RegExp; kind: SensitiveKind }[] = [
  { pattern: /[^\s@<>"'(),;:]{1,64}@[^\s@<>"'(),;:]{1,190}/g, kind: 'email' },
  { pattern: /\b[0-9A-Z]{2}\.?[0-9A-Z]{3}\.?[0-9A-Z]{3}\/?[0-9A-Z]{4}-?[0-9]{2}\b/g, kind: 'document' },
  { pattern: /\b[0-9]{3}\.?[0-9]{3}\.?[0-9]{3}-?[0-9]{2}\b/g, kind: 'document' },
]

/** Hides personal data in somebody's free text (an ERP's own error words) and clips it. Default 200 characters. */
export function maskText(text: string, limit = 200): string {
  let hidden = text.slice(0, limit * 4)
  for (const { pattern, kind } of PERSONAL)
    hidden = hidden.replaceAll(pattern, (found) => String(maskValue(kind, found)))
  return hidden.length > limit ? `${hidden.slice(0, limit - 1)}…` : hidden
}

function replaceAt(value: unknown, tokens: readonly string[], change: (value: unknown) => unknown): unknown {
  const [token, ...rest] = tokens
  if (token === undefined) return change(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    if (token !== '*' && !/^(0|[1-9][0-9]*)$/.test(token)) return value
    return value.map((item, index) => (token === '*' || String(index) === token ? replaceAt(item, rest, change) : item))
  }
  if (!Object.hasOwn(value, token)) return value
  return { ...value, [token]: replaceAt(Reflect.get(value, token), rest, change) }
}
