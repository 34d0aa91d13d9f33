import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Canary } from '../../contract/canary.ts'
import { digestOf } from '../../contract/canonical.ts'
import type { Finding } from '../../contract/finding.ts'
import type { Judge } from '../judge.ts'
import type { Staging } from '../staging.ts'
import { type Answer, distinctCases, type OriginKind, type ParityCase } from './case.ts'
import { boundaryCases, type CaseSources, generatedCases, tableCases, testCases } from './cases.ts'
import { type Difference, differenceOf } from './compare.ts'
import { interpreterAnswers } from './interpreter.ts'
import type { TakenInputs } from './rego-inputs.ts'

/** Both sides of one ERP's policy. */
export interface BothSides {
  checked: CaseSources
  /** The module as it ships. */
  wasm: Uint8Array<ArrayBuffer>
  /** The Rego and data that it was made of. */
  staging: Staging
  /** Path of the OPA binary. */
  compiler: string
  judge: Judge
}

export interface ParitySources extends BothSides {
  canaries: readonly Canary[]
  /** Of the Rego tests. */
  tests: TakenInputs
  /** Where inputs that are answered differently are written, to be asked again. */
  replayDir: string
}

/** What was asked of both sides, whatever came of it. */
export interface ParityReport {
  erp: string
  /** Inputs by where they came from, before the same ones are taken together. */
  inputs: Partial<Record<OriginKind, number>>
  /** Answers that were compared. */
  compared: number
  differing: number
  /** Of the generated inputs: the same sources have the same one. */
  seed: number
  /** Inputs of Rego tests that could not be taken, `file:line` and why. */
  left: string[]
}

export interface Parity {
  findings: Finding[]
  report: ParityReport
}

/**
 * Asks OPA's interpreter and the shipped WASM the same questions: the inputs of every Rego test, every row and canary,
 * every number of the configuration and its neighbours in every place, and a generated sample. Servers enforce the WASM;
 * tests, explanations and reviewers go by the Rego: where the two part, nobody knows what is enforced.
 */
export async function parityFindings(sources: ParitySources): Promise<Parity> {
  const { checked, canaries, tests } = sources
  const seed = Number.parseInt(digestOf(checked.config).slice(0, 7), 16)
  const all = [
    // Rows first: of several inputs that show the same, a finding names the one that most readers know.
    ...tableCases(checked, canaries),
    ...testCases(tests.taken),
    ...boundaryCases(checked),
    ...generatedCases(checked, seed),
  ]
  return comparedOn(distinctCases(all), sources, {
    erp: checked.name,
    inputs: Object.fromEntries(
      [...Map.groupBy(all, ({ origin }) => origin.kind)].map(([kind, cases]) => [kind, cases.length]),
    ),
    compared: 0,
    differing: 0,
    seed,
    left: tests.left,
  })
}

async function comparedOn(cases: readonly ParityCase[], sources: ParitySources, report: ParityReport): Promise<Parity> {
  const { checked, replayDir } = sources
  const { interpreted, compiled } = await askBoth(cases, sources)
  if ('hangsAt' in compiled) return { findings: [hangs(checked.name, cases[compiled.hangsAt])], report }
  if ('error' in compiled) return { findings: [notLoaded(checked.name, compiled.error)], report }
  const parted = cases.flatMap((one, index): Parted[] => {
    const [interpreter, answer] = [interpreted[index] ?? NONE, compiled[index] ?? NONE]
    const difference = differenceOf(interpreter, answer)
    return difference === null ? [] : [{ one, interpreter, wasm: answer, difference }]
  })
  const groups = [...Map.groupBy(parted, kindOf).values()]
  const findings = await Promise.all(groups.map((group) => finding(checked.name, group, replayDir)))
  return { findings, report: { ...report, compared: cases.length, differing: parted.length } }
}

/** The answers of both sides, in the order of the cases; of the WASM also why there are none. */
export async function askBoth(
  cases: readonly ParityCase[],
  { checked, wasm, staging, compiler, judge }: BothSides,
): Promise<{ interpreted: Answer[]; compiled: Awaited<ReturnType<Judge['answers']>> }> {
  const job = { erp: checked.name, config: checked.config, cases: cases.map(bare) }
  const [interpreted, compiled] = await Promise.all([
    interpreterAnswers(checked.name, cases, staging, compiler),
    judge.answers(job, wasm),
  ])
  return { interpreted, compiled }
}

interface Parted {
  one: ParityCase
  interpreter: Answer
  wasm: Answer
  difference: Difference
}

const NONE: Answer = { is: 'error', message: 'no answer' }

function bare({ entrypoint, input, config }: ParityCase): Pick<ParityCase, 'entrypoint' | 'input' | 'config'> {
  return { entrypoint, input, config }
}

/** Differences that come of the same mistake, as far as can be told: one finding says how many there are. */
function kindOf({ one, interpreter, wasm, difference }: Parted): string {
  const pointer = difference.pointer.replace(/\/\d+(?=\/|$)/g, '/*')
  return JSON.stringify([one.entrypoint, interpreter.is, wasm.is, pointer])
}

async function finding(erp: string, group: readonly Parted[], replayDir: string): Promise<Finding> {
  const [first] = group
  if (first === undefined) throw new Error('expected a difference in a group of them')
  const { one, interpreter, wasm, difference } = first
  const { entrypoint, input, config, origin } = one
  const question = { erp, entrypoint, input, ...(config === null ? {} : { config }) }
  const file = join(replayDir, `${erp}-${entrypoint}-${digestOf(question).slice(0, 8)}.json`)
  await mkdir(replayDir, { recursive: true })
  await writeFile(file, `${JSON.stringify({ ...question, answers: { interpreter, wasm } }, null, 2)}\n`)
  const where = difference.pointer === '' ? '' : ` at \`${difference.pointer}\``
  const more = group.length === 1 ? '' : ` (and ${group.length - 1} more inputs alike)`
  return {
    code: 'PARITY_DIFFERS',
    severity: 'error',
    file: origin.file,
    line: origin.line,
    column: origin.column,
    message:
      `\`${erp}/${entrypoint}\` asked with ${origin.words}: the Rego, interpreted, answers` +
      ` ${shortened(difference.interpreter)}${where}; the WASM that servers run answers ${shortened(difference.wasm)}${more}`,
    help: `${remedy(difference)}; \`alcada check ${erp} --replay ${file}\` asks both again and shows them side by side`,
  }
}

function remedy({ reordered }: Difference): string {
  return reordered
    ? 'these are the elements of a set, which has no order: put them through `sort` before they leave the rule'
    : 'let the rule do without what the two do differently (a set joined to text, a number printed with decimals, an integer past 2^53: policies/README.md, “A rule of one’s own”)'
}

function shortened(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}

function hangs(erp: string, one: ParityCase | undefined): Finding {
  const { words = 'an input', file = `policies/${erp}/decision.rego`, line = 1, column = 1 } = one?.origin ?? {}
  const message = `expected an answer to ${words}, got none: the policy does not come to an end`
  const help = 'look for what grows with the input: a range, a walk, a pattern'
  return { code: 'EVALUATION_HANGS', severity: 'error', file, line, column, message, help }
}

function notLoaded(erp: string, error: string): Finding {
  const [severity, file, line, column] = ['error', `policies/${erp}/decision.rego`, 1, 1] as const
  const help = 'build it anew from the sources; the interpreter alone proves nothing of what servers run'
  return { code: 'POLICY_NOT_LOADED', severity, file, line, column, message: error, help }
}
