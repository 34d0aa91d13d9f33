import { compareTrees } from '../gitops/compare-trees.ts'
import { accessText } from '../report/access.ts'
import { bringCompiler } from './compiler.ts'
import type { Environment } from './environment.ts'
import { EXIT, type ExitCode } from './exit.ts'

export interface DiffOptions {
  root: string
  erps: readonly string[]
  /** Commit that the working tree is compared with. */
  base: string
  format: 'text' | 'json'
  environment: Environment
}

/** `alcada diff`: what the working tree allows that REF did not, and the other way round. It reports; it does not judge. */
export async function diff({ root, erps, base, format, environment }: DiffOptions): Promise<ExitCode> {
  const opa = await bringCompiler(environment)
  const found = await compareTrees({ root, ref: base, opa, ...(erps.length === 0 ? {} : { erps }) })
  process.stdout.write(format === 'json' ? `${JSON.stringify(found)}\n` : accessText(found))
  return EXIT.done
}
