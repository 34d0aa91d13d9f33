import { type Entrypoint, instantiateModule, type PolicyModule } from '../../contract/evaluate.ts'
import type { Answer, ParityCase } from './case.ts'

/** Plain data, since it is sent to a worker. */
export interface AnswerJob {
  erp: string
  /** `data.config` of the bundle. */
  config: object
  cases: readonly Pick<ParityCase, 'entrypoint' | 'input' | 'config'>[]
}

/**
 * What the shipped module answers, by the same code as a server's.
 * @param onCase told the index of each case before it is evaluated
 * @throws PolicyError when the module does not load
 */
export async function wasmAnswers(
  { erp, config, cases }: AnswerJob,
  wasm: Uint8Array<ArrayBuffer>,
  onCase: (index: number) => void,
): Promise<Answer[]> {
  const modules = new Map<string, PolicyModule>()
  const moduleFor = async (own: object | null): Promise<PolicyModule> => {
    const key = own === null ? '' : JSON.stringify(own)
    const module = modules.get(key) ?? (await instantiateModule({ wasm, data: { config: own ?? config }, erp }))
    modules.set(key, module)
    return module
  }
  const answers: Answer[] = []
  for (const [index, one] of cases.entries()) {
    onCase(index)
    const answer = answerOf(await moduleFor(one.config), one.entrypoint, one.input)
    // After a failed evaluation the module is another a moment later: the next case gets a new one at once.
    if (answer.is === 'error') modules.delete(one.config === null ? '' : JSON.stringify(one.config))
    answers.push(answer)
  }
  return answers
}

function answerOf(module: PolicyModule, entrypoint: Entrypoint, input: object): Answer {
  const result = module.evaluate(entrypoint, input)
  if (result === null) return { is: 'error', message: 'the evaluation failed' }
  return result.value === undefined ? { is: 'undefined' } : { is: 'value', value: result.value }
}
