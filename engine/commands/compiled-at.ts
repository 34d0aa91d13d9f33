import { type CompiledErp, openPolicyCompiler } from '../compile/compile.ts'
import { checkProject, hasErrors } from '../compile/project.ts'
import { checkoutOf } from '../gitops/provenance/checkout.ts'
import { formatFindings } from '../report/findings.ts'

/** Of a checkout of its own: what lies about uncommitted is not published. Null where it has findings, which are told. */
export async function compiledAt(
  commit: string,
  { root, opa, colour }: { root: string; opa: string; colour: boolean },
): Promise<CompiledErp[] | null> {
  const checkout = await checkoutOf(root, commit)
  const compiler = await openPolicyCompiler({ compiler: opa })
  try {
    const { findings, sources, compiled } = await checkProject(checkout.root, [], compiler)
    if (!hasErrors(findings)) return compiled
    process.stderr.write(formatFindings(findings, 'text', { colour, sources }))
    return null
  } finally {
    await Promise.all([compiler.close(), checkout.remove()])
  }
}
