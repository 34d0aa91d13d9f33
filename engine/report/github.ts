import type { Finding } from '../contract/finding.ts'

/**
 * Workflow commands: an annotation each. Data and properties are escaped as @actions/core does
 * (`%`, CR and LF; in properties `:` and `,` too), so that a file name or a message cannot start a command of its own.
 */
export function githubOf(findings: readonly Finding[]): string {
  return findings.map(command).join('')
}

function command({ code, severity, file, line, column, message, help }: Finding): string {
  const properties = [`file=${property(file)}`, `line=${line}`, `col=${column}`, `title=${property(code)}`]
  return `::${severity} ${properties.join(',')}::${data(`${message}; ${help}`)}\n`
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
