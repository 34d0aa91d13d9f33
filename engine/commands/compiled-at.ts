import { type CompiledErp, type CompileOptions, openPolicyCompiler } from '../compile/compile.ts'
import { checkProject, hasErrors } from '../compile/project.ts'
import { checkoutOf } from '../gitops/provenance/checkout.ts'
import { formatFindings } from '../report/findings.ts'

export interface CompiledAtOptions {
  root: string
  /** Path of the OPA binary. */
  opa: string
  colour: boolean
  /** Default all. fast: enough to know what the bundles hold, not to publish them. */
  checks?: CompileOptions['checks']
}

/** Of a checkout of its own: what lies about uncommitted is not published. Null where it has findings, which are told. */
export async function compiledAt(
  commit: string,
  { root, opa, colour, checks = 'all' }: CompiledAtOptions,
): Promise<CompiledErp[] | null> {
  const checkout = await checkoutOf(root, commit)
  const compiler = await openPolicyCompiler({ compiler: opa })
  try {
    const { findings, sources, compiled } = await checkProject(checkout.root, [], compiler, { checks })
    if (!hasErrors(findings)) return compiled
    process.stderr.write(formatFindings(findings, 'text', { colour, sources }))
    return null
  } finally {
    await Promise.all([compiler.close(), checkout.remove()])
  }
}
