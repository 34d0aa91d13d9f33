import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { opaText } from '../../contract/canonical.ts'
import { wellFormedJson } from '../../contract/well-formed.ts'
import { runCompiler } from '../compiler/run.ts'
import type { Staging } from '../staging.ts'
import type { Answer, ParityCase } from './case.ts'

/**
 * What OPA's interpreter answers, half of the cases in each of two processes side by side. One query answers a half; an
 * evaluation that fails ends it, and then `opa exec` asks input by input, which tells the errors of each apart.
 * @throws CompilerError, or Error when it does not answer every case
 */
export async function interpreterAnswers(
  erp: string,
  cases: readonly ParityCase[],
  staging: Staging,
  compiler: string,
): Promise<Answer[]> {
  const dir = join(staging.bundle, '..', 'parity')
  const ask = join(dir, 'ask')
  rmSync(ask, { recursive: true, force: true })
  mkdirSync(ask, { recursive: true })
  writeFileSync(join(ask, 'ask.rego'), asking(erp))
  writeFileSync(join(ask, '.manifest'), opaText({ roots: ['alcada_parity'], rego_version: 1 }))
  const asked: Asked = { compiler, dir, bundles: ['-b', staging.bundle, '-b', ask] }
  const questions = cases.map(({ entrypoint, input, config }) =>
    wellFormedJson({ entrypoint, input, ...(config === null ? {} : { config }) }),
  )
  const halves = [0, 1].map((half) => questions.filter((_, index) => index % 2 === half))
  const answers = await Promise.all(
    halves.map(async (half, name) => (await allAtOnce(half, asked)) ?? (await oneByOne(half, `${name}`, asked))),
  )
  return cases.map((_, index) => answers[index % 2]?.[Math.floor(index / 2)] ?? NO_ANSWER)
}

const NO_ANSWER: Answer = { is: 'error', message: 'the interpreter gave no answer' }

interface Asked {
  compiler: string
  /** Folder to run in and to write inputs to. */
  dir: string
  /** Arguments that load the policy and the rules that ask it. */
  bundles: readonly string[]
}

/** One query over all questions; null when the evaluation of one of them fails. */
async function allAtOnce(questions: readonly string[], { compiler, dir, bundles }: Asked): Promise<Answer[] | null> {
  if (questions.length === 0) return []
  const args = ['eval', ...bundles, '--stdin-input', '--format', 'raw', 'data.alcada_parity.answers']
  const { code, stdout } = await runCompiler(compiler, args, { cwd: dir, stdin: `[${questions.join(',')}]` })
  const answers: unknown = code === 0 && stdout.trim() !== '' ? JSON.parse(stdout) : null
  if (!Array.isArray(answers) || answers.length !== questions.length) return null
  // Each is a list: of the one value, or of nothing where the rule is undefined.
  return answers.map((found: unknown) =>
    Array.isArray(found) && found.length > 0 ? { is: 'value', value: found[0] } : { is: 'undefined' },
  )
}

/** A file for each question, below a folder of that name. */
async function oneByOne(
  questions: readonly string[],
  name: string,
  { compiler, dir, bundles }: Asked,
): Promise<Answer[]> {
  const inputs = join(dir, 'inputs', name)
  rmSync(inputs, { recursive: true, force: true })
  mkdirSync(inputs, { recursive: true })
  for (const [index, question] of questions.entries()) writeFileSync(join(inputs, `${index}.json`), question)
  const args = ['exec', ...bundles, '--decision', 'alcada_parity/answer', inputs]
  const { code, stdout, stderr } = await runCompiler(compiler, args, { cwd: dir })
  const report: unknown = code === 0 ? JSON.parse(stdout) : null
  const results = isRecord(report) && Array.isArray(report['result']) ? report['result'].filter(isRecord) : []
  const answers: Answer[] = Array.from(questions, () => NO_ANSWER)
  for (const result of results) answers[Number(basename(String(result['path']), '.json'))] = answerOf(result)
  if (results.length === questions.length) return answers
  throw new Error(`expected ${questions.length} answers of \`opa exec\`, got ${results.length}: ${stderr || stdout}`)
}

/** One rule for each entrypoint, asked with the bundle's own configuration or with one that the question brings. */
function asking(erp: string): string {
  const rules = ['decision', 'visible', 'alerts'].map(
    (entrypoint) => `
answer := found if {
	input.entrypoint == "${entrypoint}"
	not input.config
	found := data.${erp}.${entrypoint} with input as input.input
}

answer := found if {
	input.entrypoint == "${entrypoint}"
	found := data.${erp}.${entrypoint} with input as input.input with data.config as input.config
}
`,
  )
  const all = `
answers := [[found | found := answer with input as question] | some question in input]
`
  return `package alcada_parity\n${rules.join('')}${all}`
}

function answerOf({ result, error }: Record<string, unknown>): Answer {
  if (!isRecord(error)) return { is: 'value', value: result }
  if (error['code'] === 'opa_undefined_error') return { is: 'undefined' }
  return { is: 'error', message: String(error['message'] ?? error['code']).replace(/\s+/g, ' ') }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
