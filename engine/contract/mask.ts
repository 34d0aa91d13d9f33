import { hidePersonal } from './personal/hide.ts'
import { cnpjMark, cpfMark, emailMark, FIXED, phoneMark } from './personal/marks.ts'
import { plainText } from './personal/plain-text.ts'
import { tokensOf } from './pointer.ts'
import { SENSITIVE_KINDS, type SensitiveKind } from './vocabulary.ts'

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
  if (kind === 'email') return emailMark(plainText(value).lower.trim())
  return kind === 'phone' ? phoneMark(plainText(value).text.replace(/[^0-9]/g, '')) : FIXED
}

function maskDocument(value: string): string {
  const characters = plainText(value)
    .text.replace(/[^0-9A-Za-z]/g, '')
    .toUpperCase()
  if (/^[0-9]{11}$/.test(characters)) return cpfMark(characters)
  return /^[0-9A-Z]{12}[0-9]{2}$/.test(characters) ? cnpjMark(characters) : FIXED
}

/** Hides personal data in somebody's free text (an ERP's own error words), of every kind, and clips it. Default 200 characters. */
export function maskText(text: string, limit = 200): string {
  const most = limit * 4
  // What is cut in the middle is not recognised any more.
  const whole = text.length > most ? text.slice(0, most).replace(/[\s\S]{100}$/, '') : text
  const hidden = hidePersonal(whole, EVERY_KIND).text
  return hidden.length > limit ? `${hidden.slice(0, limit - 1)}…` : hidden
}

const EVERY_KIND: ReadonlySet<SensitiveKind> = new Set(SENSITIVE_KINDS)

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
