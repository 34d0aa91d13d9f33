import { type CompiledErp, openPolicyCompiler } from '../../engine/compile/compile.ts'
import { findCompiler } from '../../engine/compile/compiler/find.ts'
import { loadTree } from '../../engine/load/load.ts'
import { validateTree } from '../../engine/validate/validate.ts'

/** The pinned compiler, from wherever it can be had. */
export async function compilerPath(): Promise<string> {
  const { path } = await findCompiler({ configured: process.env['ALCADA_OPA'], searchPath: process.env['PATH'] })
  return path
}

/** The unsigned bundle of one ERP as it stands in this project folder. */
export async function compiledErp(root: string, erp: string): Promise<CompiledErp> {
  const { tree } = await loadTree(root, [erp])
  const checked = validateTree(tree).erps[erp]
  if (checked === undefined) throw new Error(`${erp} is not valid: run alcada check`)
  const compiler = await openPolicyCompiler({ compiler: await compilerPath() })
  return compiler.compileErp(checked, { checks: 'fast', differing: 'warning' }).finally(() => compiler.close())
}

export function fileOf({ files }: CompiledErp, name: string): Uint8Array<ArrayBuffer> {
  const bytes = files.get(name)
  if (bytes === undefined) throw new Error(`the bundle has no ${name}`)
  return new Uint8Array(bytes)
}

export function jsonOf(erp: CompiledErp, name: string): unknown {
  return JSON.parse(Buffer.from(fileOf(erp, name)).toString())
}
