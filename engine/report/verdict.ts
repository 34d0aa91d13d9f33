import type { Finding } from '../contract/finding.ts'
import { type AccessReport, accessText } from './access.ts'
import { type FindingFormat, type FormatOptions, formatFindings, plainFinding } from './findings.ts'

/** What a report says of a change as a whole; engine/gitops makes it. */
export interface VerdictReport {
  findings: readonly Finding[]
  diff: AccessReport
  risk: { class: string; reasons: readonly string[]; second_group: boolean }
}

/** The verdict of the gate. For GitHub, SARIF and JUnit what widens is an entry of its own, at the file that did it. */
export function formatVerdict(verdict: VerdictReport, format: FindingFormat, options: FormatOptions = {}): string {
  const { findings, diff, risk } = verdict
  switch (format) {
    case 'json':
      return `${JSON.stringify({ findings: findings.map(plainFinding), diff, risk })}\n`
    case 'text':
      return `${formatFindings(findings, format, options)}\n${accessText(diff)}\n${riskText(risk)}`
    default:
      return formatFindings([...findings, ...accessFindings(diff)], format, options)
  }
}

function riskText({ class: name, reasons, second_group }: VerdictReport['risk']): string {
  const who = second_group ? 'somebody of the second group' : 'one approver'
  return `Risk: ${name} (needs the approval of ${who})\n${reasons.map((reason) => `  ${reason}\n`).join('')}`
}

const REMEDY = 'if it is meant, somebody of the second group approves it; if not, undo the change that says so'

/** Errors are what makes the gate red; what a reviewer has to read is a warning. */
function accessFindings({ wider, obligations, unreached, catalogue }: AccessReport): Finding[] {
  const at =
    (code: string, severity: Finding['severity'], erp: string) =>
    (line: { sentence: string }): Finding => ({
      code,
      severity,
      file: erp === '' ? 'policies' : `policies/${erp}/rbac.yaml`,
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
