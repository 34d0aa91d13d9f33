import { xml } from './junit.ts'

/** A test as JUnit knows it. */
export interface JunitTest {
  suite: string
  name: string
  outcome: 'passed' | 'failed' | 'not_tried'
  why: string | null
  tookMs: number
}

/** JUnit XML of tests that were made: a suite each, why for what did not pass. */
export function junitTests(name: string, tests: readonly JunitTest[]): string {
  const suites = [...new Set(tests.map(({ suite }) => suite))].map((suite) => {
    const own = tests.filter((test) => test.suite === suite)
    return `  <testsuite name="${xml(suite)}" ${counts(own)}>\n${own.map(testCase).join('')}  </testsuite>\n`
  })
  const head = '<?xml version="1.0" encoding="UTF-8"?>'
  return `${head}\n<testsuites name="${xml(name)}" ${counts(tests)}>\n${suites.join('')}</testsuites>\n`
}

function counts(tests: readonly JunitTest[]): string {
  const of = (outcome: JunitTest['outcome']): number => tests.filter((test) => test.outcome === outcome).length
  return `tests="${tests.length}" failures="${of('failed')}" errors="0" skipped="${of('not_tried')}"`
}

function testCase({ suite, name, outcome, why, tookMs }: JunitTest): string {
  const open = `    <testcase name="${xml(name)}" classname="${xml(suite)}" time="${(tookMs / 1_000).toFixed(3)}"`
  if (outcome === 'passed') return `${open}/>\n`
  const words = xml(why ?? '')
  const inner =
    outcome === 'failed' ? `<failure message="${words}">${words}</failure>` : `<skipped message="${words}"/>`
  return `${open}>\n      ${inner}\n    </testcase>\n`
}
