import { randomInt } from 'node:crypto'
import { openPolicyCompiler } from '../compile/compile.ts'
import { hasErrors } from '../compile/project.ts'
import { isCnpj } from '../contract/cnpj.ts'
import { loadTree } from '../load/load.ts'
import { targetRefusal } from '../operate/load-test/target.ts'
import { verifyText } from '../operate/verify/report-text.ts'
import { STAND_IN_MARK } from '../operate/verify/values.ts'
import { SUITE_NAMES, type Verdict, type VerifyReport } from '../operate/verify/verdict.ts'
import { verify } from '../operate/verify/verify.ts'
import { formatFindings } from '../report/findings.ts'
import { junitTests } from '../report/junit-tests.ts'
import type { CheckedErp } from '../validate/checked.ts'
import { validateTree } from '../validate/validate.ts'
import { bringCompiler } from './compiler.ts'
import type { Environment } from './environment.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { UsageError } from './usage-error.ts'
import { openVerifyPlace } from './verify-place.ts'
import { checkRecordable, writeRecording } from './verify-record.ts'

export interface VerifyErpOptions {
  root: string
  erp: string
  /** `sandbox`, or the ERP's address. */
  target: string
  /** CNPJ whose credential is used on a real system. */
  company?: string
  readOnly: boolean
  /** Test records may be made on a real system, and are removed. */
  write: boolean
  /** Host names besides those of erp.yaml that may be called. */
  allowRemote: readonly string[]
  /** Folder that gets a stand-in.yaml which plays what was seen. */
  record?: string
  format: 'text' | 'json' | 'junit'
  environment: Environment
}

/** `alcada verify-erp ERP`: the five suites, through a server of its own; exit 3 when a test failed. */
export async function verifyErp(options: VerifyErpOptions): Promise<ExitCode> {
  const { root, environment, format } = options
  const checked = await checkedErp(options)
  if (checked === null) return EXIT.person
  const target = targetOf(options, checked)
  if (options.record !== undefined) checkRecordable(options.record, checked.erp)
  const real = target !== null || checked.erp.kind === 'mcp'
  const writes = real ? options.write : !options.readOnly
  const mark = real ? String(randomInt(100_000, 1_000_000)) : STAND_IN_MARK
  if (real && writes) process.stderr.write(`records of this run are named \`ALCADA TEST ${mark}\`, and are removed\n`)
  const compiler = await openPolicyCompiler({ compiler: await bringCompiler(environment) })
  const began = new Date().toISOString()
  try {
    const reach = !writes ? 'reads' : real ? 'registers' : 'all'
    await using open = await openVerifyPlace({
      ...{ root, checked, compiler, target, company: options.company ?? null, reach, environment },
    })
    const examples = Object.entries(checked.decisions.examples).map(([tool, { args }]) => [tool, args] as const)
    const { tests, tools } = await verify({
      ...open.place,
      ...{ catalogue: checked.catalogue, mark, writes, standIn: !real, examples: Object.fromEntries(examples) },
      tell: teller(),
    })
    const of = (outcome: Verdict['outcome']): number => tests.filter((test) => test.outcome === outcome).length
    const report: VerifyReport = {
      ...{
        erp: checked.name,
        target: real ? (target ?? 'the upstream itself') : 'stand-in',
        writes,
        began,
        tests,
        tools,
      },
      ...{ passed: of('passed'), failed: of('failed'), notTried: of('not_tried') },
    }
    if (options.record !== undefined) await writeRecording(options.record, checked, open, mark)
    process.stdout.write(shown(report, format))
    return report.failed > 0 ? EXIT.person : EXIT.done
  } finally {
    await compiler.close()
  }
}

/** Null where its files have errors, which were told. */
async function checkedErp({ root, erp, environment }: VerifyErpOptions): Promise<CheckedErp | null> {
  const { tree, findings } = await loadTree(root, [erp])
  const checked = validateTree(tree)
  const all = [...findings, ...checked.findings]
  if (!hasErrors(all)) return checked.erps[erp] ?? null
  process.stderr.write(formatFindings(all, 'text', { colour: environment.colour, sources: tree.texts }))
  return null
}

/** The address of a real system; null: the stand-in. @throws UsageError */
function targetOf(options: VerifyErpOptions, { erp }: CheckedErp): string | null {
  const { target, company, write, readOnly, allowRemote } = options
  if (write && readOnly) throw new UsageError('expected one of --write and --read-only')
  if (company !== undefined && !isCnpj(company)) throw new UsageError(`expected a CNPJ, got \`${company}\``)
  if (erp.kind === 'mcp') {
    if (target !== 'sandbox') throw new UsageError('an upstream MCP server is verified where erp.yaml says it is')
    if (write) throw new UsageError('of an upstream MCP server only what reads is called')
    return null
  }
  if (target === 'sandbox') {
    if (write) throw new UsageError('--write goes with --target URL: before its stand-in records are made anyway')
    return null
  }
  const refusal = targetRefusal(target, [...(erp.connection.allowedHosts ?? []), ...allowRemote])
  if (refusal !== null) throw new UsageError(refusal)
  if (company === undefined) throw new UsageError('expected --company CNPJ: whose credential is used there')
  return target.replace(/\/$/, '')
}

function shown(report: VerifyReport, format: VerifyErpOptions['format']): string {
  if (format === 'json') return `${JSON.stringify(report)}\n`
  if (format === 'text') return verifyText(report)
  const tests = report.tests.map((test) => ({ ...test, suite: SUITE_NAMES[test.suite] }))
  return junitTests(`alcada verify-erp ${report.erp}`, tests)
}

/** On a terminal one line that is written over. */
function teller(): (verdict: Verdict) => void {
  let count = 0
  return ({ suite }) => {
    count += 1
    if (process.stderr.isTTY === true) process.stderr.write(`\r\u001b[K${count} tests, ${SUITE_NAMES[suite]}\r`)
  }
}
