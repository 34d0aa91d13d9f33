import type { Finding } from '../contract/finding.ts'
import { sortFindings } from '../contract/finding.ts'
import { githubOf } from './github.ts'
import { junitOf } from './junit.ts'
import { sarifOf } from './sarif.ts'
import { textOf } from './text.ts'

export const FINDING_FORMATS = ['text', 'json', 'github', 'sarif', 'junit'] as const
export type FindingFormat = (typeof FINDING_FORMATS)[number]

export interface FormatOptions {
  /** ANSI colours, text only. Default false. */
  colour?: boolean
  /** Path → text of the files, for code frames, text only. Default none: findings without frames. */
  sources?: Readonly<Record<string, string>>
}

/** Findings for people (text), programs (json), GitHub (workflow commands, SARIF) and test reports (JUnit). Ends in a newline. */
export function formatFindings(
  findings: readonly Finding[],
  format: FindingFormat,
  options: FormatOptions = {},
): string {
  const sorted = sortFindings(findings)
  switch (format) {
    case 'text':
      return textOf(sorted, { colour: options.colour ?? false, sources: options.sources ?? {} })
    case 'json':
      return `${JSON.stringify({ findings: sorted.map(plainFinding) })}\n`
    case 'github':
      return githubOf(sorted)
    case 'sarif':
      return `${JSON.stringify(sarifOf(sorted), null, 2)}\n`
    case 'junit':
      return junitOf(sorted)
  }
}

/** Exactly the keys that are promised, in their order. */
export function plainFinding({ code, severity, file, line, column, message, help }: Finding): Finding {
  return { code, severity, file, line, column, message, help }
}
