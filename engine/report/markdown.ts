import { printable } from './printable.ts'

/** Longest text of somebody else in one place, in characters. */
const MAX = 500

const BREAK = '\u200b'

/**
 * Somebody else's text inside a line or a table's cell of GitHub's Markdown: it is shown and does nothing. No markup, no
 * HTML, no formula, no link and no picture comes of it; `@somebody` calls nobody and `#12` refers to nothing.
 */
export function markdownText(text: string): string {
  const short = text.length > MAX ? `${text.slice(0, MAX)} …` : text
  return printable(short)
    .replace(/[\\`*_{}[\]<>#!|~$&^]/g, (sign) => (sign === '&' ? '&amp;' : sign === '<' ? '&lt;' : `\\${sign}`))
    .replace(/@/g, `@${BREAK}`)
    .replace(/\\#(?=\w)/g, `\\#${BREAK}`)
    .replace(/\b(gh-)(?=\d)/gi, `$1${BREAK}`)
    .replace(/:\/\//g, `:${BREAK}//`)
    .replace(/\b(www)\./gi, `$1${BREAK}.`)
    .replace(/\b(mailto|xmpp):/gi, `$1${BREAK}:`)
}

/** A name as it is written, such as a login: in a code span, where nothing is obeyed and nobody is called. */
export function markdownCode(text: string): string {
  // Nothing can be escaped in a code span: what would end it or its cell is shown by what looks like it.
  const plain = printable(text.slice(0, MAX)).replaceAll('`', "'").replaceAll('|', '¦').replaceAll('\\', '⧵')
  return plain.trim() === '' ? '``' : `\`${plain}\``
}

/** A table; '' without rows. Cells are Markdown. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return ''
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
