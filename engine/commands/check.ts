import { openPolicyCompiler } from '../compile/compile.ts'
import { type FindingFormat, formatFindings } from '../report/findings.ts'
import { bringCompiler } from './compiler.ts'
import type { Environment } from './environment.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { checkProject, hasErrors } from './pipeline.ts'

export interface CheckOptions {
  root: string
  erps: readonly string[]
  format: FindingFormat
  environment: Environment
}

/** `alcada check`: everything CI asks of a change. */
export async function check({ root, erps, format, environment }: CheckOptions): Promise<ExitCode> {
  const compiler = await openPolicyCompiler({ compiler: await bringCompiler(environment) })
  try {
    const { findings, sources } = await checkProject(root, erps, compiler)
    process.stdout.write(formatFindings(findings, format, { colour: environment.colour, sources }))
    return hasErrors(findings) ? EXIT.person : EXIT.done
  } finally {
    await compiler.close()
  }
}
