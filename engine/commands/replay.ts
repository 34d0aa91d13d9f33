import { readFile } from 'node:fs/promises'
import { openPolicyCompiler } from '../compile/compile.ts'
import type { Answer, ParityCase } from '../compile/parity/case.ts'
import { differenceOf } from '../compile/parity/compare.ts'
import { loadTree } from '../load/load.ts'
import { validateTree } from '../validate/validate.ts'
import { EXIT, type ExitCode } from './exit.ts'

export interface ReplayOptions {
  root: string
  /** As `alcada check` wrote it. */
  file: string
  /** Path of the OPA binary. */
  opa: string
}

/** `alcada check --replay FILE`: both answers side by side, as the sources are now; exit 3 while they differ. */
export async function replay({ root, file, opa }: ReplayOptions): Promise<ExitCode> {
  const question = readQuestion(await readFile(file, 'utf8').catch(() => null), file)
  if (typeof question === 'string') {
    process.stderr.write(`${question}\n`)
    return EXIT.usage
  }
  const { tree } = await loadTree(root, [question.erp])
  const checked = validateTree(tree).erps[question.erp]
  if (checked === undefined) {
    process.stderr.write(`\`${question.erp}\` has findings: \`alcada check ${question.erp}\` says which\n`)
    return EXIT.person
  }
  const compiler = await openPolicyCompiler({ compiler: opa })
  try {
    const both = await compiler.askBoth(checked, question.asked)
    const [interpreter] = both?.interpreted ?? []
    if (both === null || interpreter === undefined || !Array.isArray(both.compiled) || both.compiled[0] === undefined) {
      process.stderr.write(`the policy of \`${question.erp}\` gives no answer: \`alcada check\` says why\n`)
      return EXIT.person
    }
    const difference = differenceOf(interpreter, both.compiled[0])
    const where = difference === null ? 'both answer alike' : `they differ at \`${difference.pointer || '/'}\``
    const title = `${question.erp}/${question.asked.entrypoint}: ${where}`
    process.stdout.write(`${title}\n\n${sideBySide(interpreter, both.compiled[0])}`)
    return difference === null ? EXIT.done : EXIT.person
  } finally {
    await compiler.close()
  }
}

interface Question {
  erp: string
  asked: ParityCase
}

function readQuestion(text: string | null, file: string): Question | string {
  if (text === null) return `\`${file}\` cannot be read`
  const value = parsed(text)
  const wrong = `expected \`${file}\` to hold erp, entrypoint and input, as \`alcada check\` writes them`
  if (!isRecord(value) || typeof value['erp'] !== 'string' || !isRecord(value['input'])) return wrong
  const { erp, entrypoint, input, config } = value
  if (entrypoint !== 'decision' && entrypoint !== 'visible' && entrypoint !== 'alerts') return wrong
  const origin = { kind: 'replay', words: `the input in ${file}`, file, line: 1, column: 1 } as const
  return { erp, asked: { entrypoint, input, config: isRecord(config) ? config : null, origin } }
}

/** Two columns, a `|` between lines that differ. */
function sideBySide(interpreter: Answer, wasm: Answer): string {
  const [left, right] = [linesOf(interpreter), linesOf(wasm)]
  const width = Math.max(...left.map((line) => line.length), INTERPRETER.length)
  const row = (a: string, b: string): string => `${a.padEnd(width)} ${a === b ? ' ' : '|'} ${b}`.trimEnd()
  const rows = Array.from({ length: Math.max(left.length, right.length) }, (_, at) =>
    row(left[at] ?? '', right[at] ?? ''),
  )
  return [`${INTERPRETER.padEnd(width)}   the WASM that servers run`, ...rows, ''].join('\n')
}

const INTERPRETER = "OPA's interpreter"

function linesOf(answer: Answer): string[] {
  if (answer.is === 'undefined') return ['(undefined)']
  return answer.is === 'error'
    ? [`(an error: ${answer.message})`]
    : JSON.stringify(sorted(answer.value), null, 2).split('\n')
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isRecord(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  )
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
