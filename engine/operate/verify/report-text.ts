import { SUITE_NAMES, SUITES, type Verdict, type VerifyReport } from './verdict.ts'

const SIGNS: Readonly<Record<Verdict['outcome'], string>> = { passed: 'passed', failed: 'FAILED', not_tried: '-     ' }

/** The report for people: a line for each test, why for what did not pass. */
export function verifyText(report: VerifyReport): string {
  const { erp, target, writes, tests, tools, passed, failed, notTried } = report
  const lines = [`${erp}: ${target}${writes ? '' : ', nothing is written'}`]
  for (const suite of SUITES) {
    const own = tests.filter((test) => test.suite === suite)
    const count = own.filter(({ outcome }) => outcome === 'passed').length
    lines.push(
      '',
      `${SUITE_NAMES[suite]}: ${count} of ${own.filter(({ outcome }) => outcome !== 'not_tried').length} passed`,
    )
    for (const { name, outcome, why } of own) {
      lines.push(`  ${SIGNS[outcome]}  ${name}`)
      if (why !== null) lines.push(`          ${outcome === 'failed' ? why : `not tried: ${why}`}`)
    }
  }
  const untried = tools.filter((tool) => tool.tests === 0)
  lines.push('', `${tools.length - untried.length} of ${tools.length} tools were called`)
  for (const { tool, why } of untried) lines.push(`  ${tool}: ${why}`)
  lines.push('', `${passed} passed, ${failed} failed, ${notTried} not tried`)
  return `${lines.join('\n')}\n`
}
