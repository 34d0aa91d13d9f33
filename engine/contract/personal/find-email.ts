import type { Placed } from './find-bank.ts'
import type { PlainText } from './plain-text.ts'

const AT = /@|%40|[[(] ?(?:at|arroba) ?[\])]/g
const LOCAL = /[\p{L}\p{N}._%+'-]/u
const DOMAIN = /^[\p{L}\p{N}][\p{L}\p{N}.-]*/u
/** Longest parts before and behind the sign (RFC 5321, 4.5.3.1). */
const LOCAL_MOST = 64
const DOMAIN_MOST = 253

/** E-mail addresses, also with spaces around the sign, or with a line that ends behind a dot. */
export function emailsIn({ text, lower }: PlainText): Placed[] {
  const found: Placed[] = []
  let after = 0
  for (const { index, 0: sign } of lower.matchAll(AT)) {
    const start = localStart(text, index, after)
    const domain = domainAt(text, index + sign.length)
    if (start === null || domain === null) continue
    const local = text.slice(start, index).replace(/\s/g, '')
    const spaced = /\s/.test(text.charAt(index - 1)) || domain.start > index + sign.length
    if (!isDomain(domain.text, spaced || !/\p{L}/u.test(local))) continue
    found.push({ shape: 'email', value: `${local}@${domain.text}`.toLowerCase(), start, end: domain.end })
    after = domain.end
  }
  return found
}

function localStart(text: string, at: number, after: number): number | null {
  const least = Math.max(after, at - LOCAL_MOST)
  let end = at
  while (end > least && at - end < 2 && /\s/.test(text.charAt(end - 1))) end -= 1
  let start = end
  for (;;) {
    while (start > least && LOCAL.test(text.charAt(start - 1))) start -= 1
    // `ana.` at the end of a line goes on in the next.
    const before = /[._-]\n[ ]{0,3}$/.exec(text.slice(Math.max(least, start - 5), start))
    if (before === null || start === end) break
    start -= before[0].length - 1
  }
  while (start < end && /['.%-]/.test(text.charAt(start))) start += 1
  return start < end ? start : null
}

function domainAt(text: string, from: number): { text: string; start: number; end: number } | null {
  const most = text.slice(from, from + DOMAIN_MOST)
  const skipped = /^\s{0,2}/.exec(most)?.[0].length ?? 0
  const first = DOMAIN.exec(most.slice(skipped))?.[0]
  if (first === undefined) return null
  let end = skipped + first.length
  let domain = first
  const goesOn = /[.-]$/.test(first) ? /^\n[ ]{0,3}([\p{L}\p{N}.-]+)/u.exec(most.slice(end)) : null
  if (goesOn !== null) {
    domain += goesOn[1] ?? ''
    end += goesOn[0].length
  }
  const trimmed = domain.replace(/[.-]+$/, '')
  return { text: trimmed, start: from + skipped, end: from + end - (domain.length - trimmed.length) }
}

/** `10 un @ 3.50` is a price. */
function isDomain(domain: string, doubtful: boolean): boolean {
  const last = domain.slice(domain.lastIndexOf('.') + 1)
  if (!/\p{L}/u.test(last) || last.length < 2) return false
  return domain.includes('.') || (!doubtful && /^\p{L}{2}/u.test(domain))
}
