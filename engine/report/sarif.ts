import type { Finding } from '../contract/finding.ts'

/** A SARIF 2.1.0 log with one run. Source: OASIS SARIF 2.1.0, sections 3.13 to 3.30. */
export interface SarifLog {
  $schema: string
  version: '2.1.0'
  runs: SarifRun[]
}

interface SarifRun {
  tool: { driver: { name: string; rules: { id: string }[] } }
  columnKind: 'utf16CodeUnits'
  results: SarifResult[]
}

interface SarifResult {
  ruleId: string
  ruleIndex: number
  level: 'error' | 'warning'
  message: { text: string }
  locations: {
    physicalLocation: {
      artifactLocation: { uri: string; uriBaseId: string }
      region: { startLine: number; startColumn: number }
    }
  }[]
}

export function sarifOf(findings: readonly Finding[]): SarifLog {
  const ids = [...new Set(findings.map((finding) => finding.code))].sort()
  const results = findings.map(
    ({ code, severity, file, line, column, message, help }): SarifResult => ({
      ruleId: code,
      ruleIndex: ids.indexOf(code),
      level: severity,
      message: { text: `${message}; ${help}` },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: file.split('/').map(encodeURIComponent).join('/'), uriBaseId: '%SRCROOT%' },
            region: { startLine: line, startColumn: column },
          },
        },
      ],
    }),
  )
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'alcada', rules: ids.map((id) => ({ id })) } },
        columnKind: 'utf16CodeUnits',
        results,
      },
    ],
  }
}
