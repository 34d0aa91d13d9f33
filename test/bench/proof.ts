import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openPolicyCompiler } from '../../engine/compile/compile.ts'
import { mutate } from '../../engine/gitops/mutate/mutate.ts'
import { loadTree } from '../../engine/load/load.ts'
import { validateTree } from '../../engine/validate/validate.ts'
import { compilerPath } from './compiled.ts'
import { type Figure, times } from './figures.ts'

/** What proving one ERP takes beside compiling it: all checks, parity among them, and a sample of mutation. */
export async function proof(root: string): Promise<Figure[]> {
  const opa = await compilerPath()
  const { tree } = await loadTree(root, ['omie'])
  const checked = validateTree(tree).erps['omie']
  if (checked === undefined) throw new Error('omie is not valid: run alcada check')
  const replayDir = await mkdtemp(join(tmpdir(), 'alcada-bench-'))
  const taken = async (checks: 'all' | 'fast'): Promise<{ ms: number; compared: number }> => {
    const compiler = await openPolicyCompiler({ compiler: opa, replayDir })
    const began = performance.now()
    const { parity } = await compiler.compileErp(checked, { checks })
    const ms = performance.now() - began
    await compiler.close()
    return { ms, compared: parity?.compared ?? 0 }
  }
  const fast = Math.min((await taken('fast')).ms, (await taken('fast')).ms)
  const all = await taken('all')
  const began = performance.now()
  const { tried } = await mutate({ root, target: 'omie', opa, sample: 40 })
  const each = (performance.now() - began) / tried
  await rm(replayDir, { recursive: true, force: true })
  const compiling = `${Math.round(fast)} ms to compile and judge the table`
  return [
    {
      what: `all checks of one ERP (${all.compared} answers of interpreter and WASM compared)`,
      ours: `${Math.round(all.ms)} ms`,
      peer: compiling,
      ratio: times(all.ms, fast),
    },
    { what: 'one small mistake tried', ours: `${Math.round(each)} ms`, peer: compiling, ratio: times(each, fast) },
  ]
}
