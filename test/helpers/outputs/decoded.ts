/**
 * A text and what it says in every common encoding: percent, JSON escapes, HTML entities, quoted-printable, base64, hex;
 * also of one inside another. What is planted in clear is then found however somebody wrote it down.
 */
export function decoded(text: string): string[] {
  const once = unescaped(text)
  const texts = once === text ? [text] : [text, once, unescaped(once)]
  const runs = texts.flatMap((one) => [...one.matchAll(RUN)].map(([run]) => run))
  return [...texts, [...new Set(runs)].flatMap(bytesOf).map(unescaped).join('\n')]
}

/** What may be base64 or hex of eight characters and more. */
const RUN = /[A-Za-z0-9+/_-]{11,}/g
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }

function unescaped(text: string): string {
  return text
    .replace(/(?:%[0-9A-Fa-f]{2})+/g, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString())
    .replace(/(?:=[0-9A-F]{2})+/g, (run) => Buffer.from(run.replaceAll('=', ''), 'hex').toString())
    .replace(/\\u([0-9A-Fa-f]{4})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/\\([/"\\])/g, '$1')
    .replace(/&#(\d{1,6});/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replace(/&#x([0-9A-Fa-f]{1,5});/g, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 16)))
    .replace(/&(amp|lt|gt|quot|apos|nbsp);/g, (_, name: string) => ENTITIES[name] ?? '')
}

/** A run may begin with what belongs to the text before it: base64 is read from each of its four places. */
function bytesOf(run: string): string[] {
  const hex = /^(?:[0-9A-Fa-f]{2}){8,}$/.test(run) ? [Buffer.from(run, 'hex').toString('latin1')] : []
  return [...hex, ...[0, 1, 2, 3].map((from) => Buffer.from(run.slice(from), 'base64').toString('latin1'))]
}
