import type { Finding } from '../contract/finding.ts'

/** JUnit XML: a suite per file, a failed case per error; a warning is a case that passed and says something. */
export function junitOf(findings: readonly Finding[]): string {
  const files = [...new Set(findings.map((finding) => finding.file))].sort()
  const suites = files.map((file) =>
    suite(
      file,
      findings.filter((finding) => finding.file === file),
    ),
  )
  const body = suites.length === 0 ? [suite('alcada check', [])] : suites
  const counts = `tests="${Math.max(findings.length, 1)}" failures="${failuresIn(findings)}" errors="0"`
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="alcada check" ${counts}>\n${body.join('')}</testsuites>\n`
}

function suite(name: string, findings: readonly Finding[]): string {
  const cases =
    findings.length === 0 ? [`    <testcase name="no findings" classname="${xml(name)}"/>\n`] : findings.map(testCase)
  const counts = `tests="${cases.length}" failures="${failuresIn(findings)}" errors="0" skipped="0"`
  return `  <testsuite name="${xml(name)}" ${counts}>\n${cases.join('')}  </testsuite>\n`
}

function testCase({ code, severity, file, line, column, message, help }: Finding): string {
  const place = `${file}:${line}:${column}`
  const open = `    <testcase name="${xml(`${code} ${line}:${column}`)}" classname="${xml(file)}" file="${xml(file)}" line="${line}">`
  const words = xml(`${place} ${message}\nhelp: ${help}`)
  const inner =
    severity === 'error'
      ? `<failure type="${xml(code)}" message="${xml(message)}">${words}</failure>`
      : `<system-out>${words}</system-out>`
  return `${open}\n      ${inner}\n    </testcase>\n`
}

function failuresIn(findings: readonly Finding[]): number {
  return findings.filter((finding) => finding.severity === 'error').length
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

/** XML 1.0 knows no control characters but tab and line ends, not even escaped: they become U+FFFD. */
export function xml(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character)
    .replaceAll('\n', '&#10;')
}
