import type { Finding } from '../contract/finding.ts'
import type { ImpactComment } from './impact-comment.ts'
import { markdownCode, markdownTable, markdownText } from './markdown.ts'
import { impactSection } from './pull-request-impact.ts'
import type { VerdictReport } from './verdict.ts'

/** All that a reviewer is told of a change. */
export interface PullReport {
  verdict: VerdictReport
  /** Who of the base's .github/approvers.yaml may approve it, and how many people are listed there in all. */
  approvers: { people: readonly string[]; listed: number }
  /** What it would have done to past calls; null: there is no decision log yet. */
  impact: ImpactComment | null
  /** Full name of the commit that it was compared with. */
  base: string
  /** Of the commit that was judged. */
  head: string
}

/** Longest text that GitHub takes for a pull request or a comment, in characters. Source: GitHub's answer 422. */
export const MAX_BODY = 65_536

/**
 * The summary of a change in GitHub's Markdown, for somebody who decides and does not program. Rows are left out, and
 * counted, where it would be longer than `limit` characters.
 */
export function pullSummary(report: PullReport, limit: number = MAX_BODY): string {
  for (const rows of [200, 50, 15, 5, 1]) {
    const text = summaryWith(report, rows)
    if (text.length <= limit) return text
  }
  return summaryWith(report, 0).slice(0, limit)
}

function summaryWith(report: PullReport, rows: number): string {
  const { verdict, approvers, impact, base, head } = report
  const { findings, diff, risk } = verdict
  const errors = findings.filter(({ severity }) => severity === 'error')
  const warnings = findings.filter(({ severity }) => severity === 'warning')
  const looser = diff.obligations.filter(({ loosens }) => loosens)
  const tighter = diff.obligations.filter(({ loosens }) => !loosens)
  const cases = (lines: readonly Line[]): string => access(lines, rows)
  const parts = [
    `### ${headline(verdict)}`,
    risk.reasons.map((reason) => `- ${markdownText(reason)}`).join('\n'),
    `**Who has to approve:** ${whoApproves(risk.second_group, approvers)}`,
    section('Mistakes to mend before it can be merged', findingTable(errors, rows)),
    section('Somebody may do more', cases(diff.wider)),
    section('Asks for less consent, or hides less', cases(looser)),
    section('Somebody may do less', cases(diff.narrower)),
    section('Asks for more consent, or hides more', cases(tighter)),
    section('What an ERP itself is', cases(diff.catalogue)),
    section('Not tried out: read these in the files', cases(diff.unreached)),
    // What has a mistake was not tried out.
    errors.length > 0 ? '' : section('Past calls that would have ended differently', impactSection(impact, rows)),
    section('Worth a look', findingTable(warnings, rows)),
    `<sub>${diff.contexts} situations were decided under both policies. Compared ${head.slice(0, 7)} with ${base.slice(0, 7)}; every line again, with an example each: \`npx alcada diff --base ${base.slice(0, 7)} --format json\`</sub>`,
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

interface Line {
  erp: string
  sentence: string
  count?: number
}

function headline({ findings, diff, risk }: VerdictReport): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length
  if (errors > 0) return `⛔ Cannot be merged yet: ${errors} mistake${errors === 1 ? '' : 's'} to mend`
  if (diff.wider.length > 0) return '⚠️ Somebody may do more than before'
  if (risk.class === 'code') return '⚠️ Changes what decides, checks or approves'
  if (risk.class === 'widening') return '⚠️ May let somebody do more than before'
  if (risk.class === 'narrowing') return '✅ Nobody may do more than before; somebody may do less'
  return '✅ Nobody may do anything other than before'
}

function whoApproves(second: boolean, { people, listed }: PullReport['approvers']): string {
  const where = '`.github/approvers.yaml` on the default branch'
  if (listed < 2) {
    return `at least two people have to be listed in ${where}, and ${listed === 0 ? 'nobody is' : 'one is'}: until then nothing can be published`
  }
  if (people.length === 0) return `somebody of the second group, in which nobody is listed in ${where}`
  const group = second ? ', the second group,' : ''
  return `one of ${people.map(markdownCode).join(', ')}${group} who neither opened it nor committed to it, after its last commit`
}

function section(title: string, body: string): string {
  return body === '' ? '' : `#### ${title}\n\n${body}`
}

function access(lines: readonly Line[], rows: number): string {
  const cells = ({ erp, sentence, count }: Line): string[] => [
    erp === '' ? 'all' : markdownText(erp),
    markdownText(sentence),
    count === undefined ? '' : String(count),
  ]
  return shortened(['ERP', 'What changes', 'Situations'], lines.map(cells), rows)
}

function findingTable(findings: readonly Finding[], rows: number): string {
  const cells = ({ file, line, code, message, help }: Finding): string[] => [
    `${markdownCode(`${file}:${line}`)} ${markdownCode(code)}`,
    markdownText(message),
    markdownText(help),
  ]
  return shortened(['Where', 'What', 'What to do'], findings.map(cells), rows)
}

/** A table of at most so many rows, and how many more there are. */
export function shortened(head: readonly string[], rows: readonly string[][], most: number): string {
  const more = rows.length - most
  const table = markdownTable(head, rows.slice(0, most))
  return more > 0 ? `${table}\n\n… and ${more} more, which do not fit here.`.trimStart() : table
}
