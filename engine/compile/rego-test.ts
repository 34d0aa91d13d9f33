import type { Finding } from '../contract/finding.ts'
import type { CheckedErp } from '../validate/checked.ts'
import { runCompiler } from './compiler/run.ts'
import { opaFindings } from './opa-error.ts'
import { isTest, type Staging, sourcePath } from './staging.ts'

interface Place {
  file: string
  row: number
  col: number
}

interface Result {
  location: Place
  package: string
  name: string
  fail?: boolean
  error?: unknown
}

interface Range {
  start: { row: number; col: number }
  end: { row: number }
}

/** `opa test`: a finding per failing test; when none fails, a finding per range of lines that no test reaches. */
export async function regoTest({ name }: CheckedErp, staging: Staging, compiler: string): Promise<Finding[]> {
  const cwd = `${staging.bundle}/..`
  const args = ['test', 'bundle', 'tests', '--format', 'json']
  // With coverage, failures are told in words only: they are run again for their places.
  const coverage = await runCompiler(compiler, [...args, '--coverage'], { cwd })
  if (coverage.code === 0) return uncovered(parse(coverage.stdout))
  const results = await runCompiler(compiler, args, { cwd })
  const parsed = parse(results.stdout)
  // Rego that does not compile is for `check` to report, unless it stands in a test.
  const failed = Array.isArray(parsed) ? parsed.filter(isResult).filter(hasFailed) : []
  if (failed.length > 0) return failed.map(failure)
  const fallback = `policies/${name}/decision_test.rego`
  return opaFindings(results.stderr || results.stdout, fallback).filter(({ file }) => isTest(file))
}

function hasFailed({ fail, error }: Result): boolean {
  return fail === true || error !== undefined
}

function failure({ location, package: pkg, name, error }: Result): Finding {
  return {
    code: 'REGO_TEST_FAILED',
    severity: 'error',
    file: sourcePath(location.file),
    line: location.row,
    column: location.col,
    message: `\`${pkg.replace(/^data\./, '')}.${name}\` ${error === undefined ? 'does not hold' : 'ends in an error'}`,
    help: 'correct the rule, or the test if the rule was changed on purpose',
  }
}

function uncovered(report: unknown): Finding[] {
  const files = isRecord(report) && isRecord(report['files']) ? Object.entries(report['files']) : []
  return files.flatMap(([file, entry]) => {
    if (!file.startsWith('bundle/') || !isRecord(entry)) return []
    const ranges = Array.isArray(entry['not_covered']) ? entry['not_covered'].filter(isRange) : []
    return joined(ranges).map(({ start, end }) => ({
      code: 'REGO_UNCOVERED',
      severity: 'error' as const,
      file: sourcePath(file),
      line: start.row,
      column: start.col,
      message: start.row === end.row ? 'no test reaches this line' : `no test reaches lines ${start.row} to ${end.row}`,
      help: 'add a test in which this rule decides',
    }))
  })
}

/** OPA reports a rule and each of its parts: lines that follow one another become one range. */
function joined(ranges: readonly Range[]): Range[] {
  const kept: Range[] = []
  for (const { start, end } of ranges) {
    const last = kept.at(-1)
    if (last === undefined || start.row > last.end.row + 1) kept.push({ start, end: { row: end.row } })
    else last.end.row = Math.max(last.end.row, end.row)
  }
  return kept
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isResult(value: unknown): value is Result {
  if (!isRecord(value) || typeof value['name'] !== 'string' || typeof value['package'] !== 'string') return false
  const location = value['location']
  return isRecord(location) && typeof location['file'] === 'string' && typeof location['row'] === 'number'
}

function isRange(value: unknown): value is Range {
  return isRecord(value) && isRecord(value['start']) && isRecord(value['end'])
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
