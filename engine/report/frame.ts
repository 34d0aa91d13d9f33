import type { Paint } from './paint.ts'
import { printable } from './printable.ts'

/** Characters of a line that are shown; of a longer one, the part around the caret. */
const WIDTH = 100

/** The line, the two before it, and a caret under the column; nothing where the file is shorter. */
export function frameOf(source: string, line: number, column: number, paint: Paint): string {
  const lines = source.split(/\r?\n/)
  if (lines[line - 1] === undefined || (line === lines.length && lines[line - 1] === '')) return ''
  const first = Math.max(1, line - 2)
  const gutter = String(line).length
  const start = Math.max(0, column - 1 - Math.floor(WIDTH * 0.8))
  const shown = lines.slice(first - 1, line).map((text, index) => {
    const number = String(first + index).padStart(gutter)
    return `  ${paint.dim(`${number} |`)} ${printable(text.slice(start, start + WIDTH))}`.trimEnd()
  })
  const before = printable((lines[line - 1] ?? '').slice(start, column - 1))
  const caret = `  ${paint.dim(`${' '.repeat(gutter)} |`)} ${' '.repeat([...before].length)}${paint.red('^')}`
  return `${[...shown, caret].join('\n')}\n`
}
