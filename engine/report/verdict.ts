import type { Finding } from '../contract/finding.ts'
import { type AccessReport, accessText } from './access.ts'
import { type FindingFormat, type FormatOptions, formatFindings, plainFinding } from './findings.ts'

/** What a report says of a change as a whole; engine/gitops makes it. */
export interface VerdictReport {
  findings: readonly Finding[]
  diff: AccessReport
  risk: { class: string; reasons: readonly string[]; second_group: boolean }
}

export interface VerdictOptions extends FormatOptions {
  /** Files of the change: what it does is told at the first that bears on it. Default none. */
  changed?: readonly string[]
}

/** The verdict of the gate. For GitHub, SARIF and JUnit what widens is an entry of its own, at the file that did it. */
export function formatVerdict(verdict: VerdictReport, format: FindingFormat, options: VerdictOptions = {}): string {
  const { findings, diff, risk } = verdict
  switch (format) {
    case 'json':
      return `${JSON.stringify({ findings: findings.map(plainFinding), diff, risk })}\n`
    case 'text':
      return `${formatFindings(findings, format, options)}\n${accessText(diff)}\n${riskText(risk)}`
    default:
      return formatFindings([...findings, ...accessFindings(diff, options.changed ?? [])], format, options)
  }
}

function riskText({ class: name, reasons, second_group }: VerdictReport['risk']): string {
  const who = second_group ? 'somebody of the second group' : 'one approver'
  return `Risk: ${name} (needs the approval of ${who})\n${reasons.map((reason) => `  ${reason}\n`).join('')}`
}

const REMEDY = 'if it is meant, somebody of the second group approves it; if not, undo the change that says so'

/** Errors are what makes the gate red; what a reviewer has to read is a warning. */
function accessFindings(
  { wider, obligations, unreached, catalogue }: AccessReport,
  changed: readonly string[],
): Finding[] {
  const at =
    (code: string, severity: Finding['severity'], erp: string) =>
    (line: { sentence: string }): Finding => ({
      code,
      severity,
      file: fileOf(erp, changed),
      line: 1,
      column: 1,
      message: line.sentence,
      help: REMEDY,
    })
  return [
    ...wider.map((each) => at('ACCESS_WIDER', 'error', each.erp)(each)),
    ...obligations.filter(({ loosens }) => loosens).map((each) => at('ACCESS_ASKS_LESS', 'warning', each.erp)(each)),
    ...catalogue.map((each) => at('ERP_CHANGED', 'warning', each.erp)(each)),
    ...unreached.map((each) => at('ACCESS_UNREACHED', 'warning', each.erp)(each)),
  ]
}

/** The changed file that is nearest to an ERP: its own, then the shared library; where there is none, its limits. */
function fileOf(erp: string, changed: readonly string[]): string {
  const folders = [`policies/${erp}/`, `erps/${erp}/`, 'policies/shared/']
  const found = folders.flatMap((folder) => changed.filter((path) => path.startsWith(folder)))
  return found[0] ?? (erp === '' ? 'policies' : `policies/${erp}/rbac.yaml`)
}
