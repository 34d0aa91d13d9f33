import type { Finding } from '../contract/finding.ts'
import type { YamlFile } from '../load/tree.ts'

/** What is wrong somewhere in a file: a finding without its place. */
export interface Fault {
  code: string
  message: string
  help: string
  /** Default error. */
  severity?: Finding['severity']
}

/** Collects findings of one file, each placed by JSON Pointer. */
export interface Reporter {
  file: YamlFile
  /** Points at the value. */
  at(pointer: string, fault: Fault): void
  /** Points at the key. */
  atKey(pointer: string, fault: Fault): void
}

export function reporter(file: YamlFile, findings: Finding[]): Reporter {
  const add = (pointer: string, part: 'key' | 'value', { code, message, help, severity = 'error' }: Fault): void => {
    const { line, column } = file.locate(pointer, part)
    findings.push({ code, severity, file: file.path, line, column, message, help })
  }
  return {
    file,
    at: (pointer, fault) => add(pointer, 'value', fault),
    atKey: (pointer, fault) => add(pointer, 'key', fault),
  }
}

/** A JSON Pointer of tokens as they are. */
export function pointerOf(...tokens: (string | number)[]): string {
  return tokens.map((token) => `/${String(token).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}
