import { MutateError, mutate as tryMistakes } from '../gitops/mutate/mutate.ts'
import { mutationText, score } from '../gitops/mutate/report-text.ts'
import { bringCompiler } from './compiler.ts'
import type { Environment } from './environment.ts'
import { EXIT, type ExitCode } from './exit.ts'

export interface MutateVerbOptions {
  root: string
  /** ERPs, or `shared`. */
  targets: readonly string[]
  /** Only mistakes in this file. */
  only?: string
  /** How many mistakes are tried of each; absent: all. */
  sample?: number
  seed: number
  format: 'text' | 'json'
  environment: Environment
}

/** `alcada mutate`: which small mistakes in the policies nobody would notice; exit 3 when there is one. */
export async function mutate(options: MutateVerbOptions): Promise<ExitCode> {
  const { root, targets, only, sample, seed, format, environment } = options
  const opa = await bringCompiler(environment)
  const reports = []
  for (const target of targets) {
    const onProgress = progressOf(target)
    try {
      reports.push(
        await tryMistakes({
          root,
          target,
          opa,
          seed,
          onProgress,
          ...(only === undefined ? {} : { only }),
          ...(sample === undefined ? {} : { sample }),
        }),
      )
    } catch (error) {
      if (!(error instanceof MutateError)) throw error
      process.stderr.write(`${target}: ${error.message}\n`)
      return EXIT.person
    }
    if (format === 'text') process.stdout.write(reports.slice(-1).map(mutationText).join(''))
  }
  if (format === 'json') {
    process.stdout.write(`${JSON.stringify({ mutations: reports.map((one) => ({ score: score(one), ...one })) })}\n`)
  }
  return reports.some(({ survivors }) => survivors.length > 0) ? EXIT.person : EXIT.done
}

/** One line that is written over, on a terminal only. */
function progressOf(target: string): (done: number, total: number) => void {
  if (process.stderr.isTTY !== true) return () => undefined
  return (done, total) => {
    process.stderr.write(`\r${target}: ${done} of ${total} mistakes tried${done === total ? '\n' : ''}`)
  }
}
