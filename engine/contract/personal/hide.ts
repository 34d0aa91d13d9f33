import type { SensitiveKind } from '../vocabulary.ts'
import { type FindOptions, findPersonal } from './find.ts'
import { markOf } from './marks.ts'
import type { Span } from './shape.ts'

/** A text without the personal values of some kinds. */
export interface Hidden {
  text: string
  /** What was hidden. */
  spans: readonly Span[]
  /** What was found and may be seen. */
  clear: readonly Span[]
}

/**
 * Puts a mark where a personal value of one of these kinds stands; the same value gets the same mark however it is
 * written. What overlaps is hidden whole.
 */
export function hidePersonal(text: string, kinds: ReadonlySet<SensitiveKind>, options: FindOptions = {}): Hidden {
  const found = findPersonal(text, options)
  const hidden = found.filter((span) => span.kinds.some((kind) => kinds.has(kind)))
  return {
    text: replaced(text, hidden, markOf),
    spans: hidden,
    clear: found.filter((span) => !hidden.includes(span)),
  }
}

/** The text with something else where these spans are: of those that overlap, what the first and longest is called. */
export function replaced(text: string, spans: readonly Span[], by: (span: Span) => string): string {
  if (spans.length === 0) return text
  const parts: string[] = []
  let after = 0
  for (const span of [...spans].sort((a, b) => a.start - b.start || b.end - a.end)) {
    if (span.start >= after) parts.push(text.slice(after, span.start), by(span))
    after = Math.max(after, span.end)
  }
  parts.push(text.slice(after))
  return parts.join('')
}
