import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { opaText } from '../../contract/canonical.ts'
import { wellFormedJson } from '../../contract/well-formed.ts'
import { runCompiler } from '../compiler/run.ts'
import type { Staging } from '../staging.ts'
import type { Answer, ParityCase } from './case.ts'

/**
 * What OPA's interpreter answers, all cases in two processes side by side: `opa exec` tells the errors of each input
 * apart, where `opa eval` over all of them would end at the first.
 * @throws CompilerError, or Error when it does not answer every case
 */
export async function interpreterAnswers(
  erp: string,
  cases: readonly ParityCase[],
  staging: Staging,
  compiler: string,
): Promise<Answer[]> {
  const dir = join(staging.bundle, '..', 'parity')
  const [inputs, ask] = [join(dir, 'inputs'), join(dir, 'ask')]
  const halves = [join(inputs, '0'), join(inputs, '1')]
  for (const folder of [inputs, ask]) rmSync(folder, { recursive: true, force: true })
  for (const folder of [...halves, ask]) mkdirSync(folder, { recursive: true })
  writeFileSync(join(ask, 'ask.rego'), asking(erp))
  writeFileSync(join(ask, '.manifest'), opaText({ roots: ['alcada_parity'], rego_version: 1 }))
  for (const [index, { entrypoint, input, config }] of cases.entries()) {
    const question = { entrypoint, input, ...(config === null ? {} : { config }) }
    writeFileSync(join(inputs, `${index % 2}`, `${index}.json`), wellFormedJson(question))
  }
  const args = ['exec', '-b', staging.bundle, '-b', ask, '--decision', 'alcada_parity/answer']
  const runs = await Promise.all(
    halves.slice(0, cases.length).map((half) => runCompiler(compiler, [...args, half], { cwd: dir })),
  )
  const results = runs.flatMap(({ code, stdout }) => {
    const report: unknown = code === 0 ? JSON.parse(stdout) : null
    return isRecord(report) && Array.isArray(report['result']) ? report['result'].filter(isRecord) : []
  })
  const answers: Answer[] = Array.from(cases, () => ({ is: 'error', message: 'the interpreter gave no answer' }))
  for (const result of results) answers[Number(basename(String(result['path']), '.json'))] = answerOf(result)
  if (results.length === cases.length) return answers
  const why = runs.map(({ stdout, stderr }) => stderr || stdout).join('\n')
  throw new Error(`expected ${cases.length} answers of \`opa exec\`, got ${results.length}: ${why}`)
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
  return `package alcada_parity\n${rules.join('')}`
}

function answerOf({ result, error }: Record<string, unknown>): Answer {
  if (!isRecord(error)) return { is: 'value', value: result }
  if (error['code'] === 'opa_undefined_error') return { is: 'undefined' }
  return { is: 'error', message: String(error['message'] ?? error['code']).replace(/\s+/g, ' ') }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
