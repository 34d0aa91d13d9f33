import type { Finding } from '../contract/finding.ts'
import { frameOf } from './frame.ts'
import { type Paint, painter } from './paint.ts'
import { printable } from './printable.ts'

/** Findings as people read them: place, words, code frame, what to do; then how many. */
export function textOf(
  findings: readonly Finding[],
  options: { colour: boolean; sources: Readonly<Record<string, string>> },
): string {
  const paint = painter(options.colour)
  const blocks = findings.map((finding) => block(finding, options.sources[finding.file], paint))
  return [...blocks, summary(findings)].join('\n')
}

/** `2 errors and 1 warning in 2 files`. */
export function summary(findings: readonly Finding[]): string {
  if (findings.length === 0) return 'no findings\n'
  const errors = findings.filter((finding) => finding.severity === 'error').length
  const parts = [counted(errors, 'error'), counted(findings.length - errors, 'warning')].filter((part) => part !== null)
  const files = counted(new Set(findings.map((finding) => finding.file)).size, 'file')
  return `${parts.join(' and ')} in ${files}\n`
}

function block(finding: Finding, source: string | undefined, paint: Paint): string {
  const { file, line, column, severity, code, message, help } = finding
  const place = paint.strong(`${printable(file)}:${line}:${column}`)
  const head = `${place} ${severity === 'error' ? paint.red(severity) : paint.yellow(severity)} ${code}`
  // A frame would print the secret again, in a log that more people read than the file.
  const hidden = source === undefined || code === 'SECRET_LITERAL'
  const frame = hidden ? '' : frameOf(source, line, column, paint)
  return `${head}\n  ${printable(message)}\n${frame}  ${paint.dim('help:')} ${printable(help)}\n`
}

function counted(count: number, word: string): string | null {
  if (count === 0) return null
  return `${count} ${word}${count === 1 ? '' : 's'}`
}
