import type { PolicyCompiler } from '../../compile/compile.ts'
import type { Tree } from '../../load/tree.ts'
import type { CheckedErp } from '../../validate/checked.ts'
import { accessDiff, DiffError, type DiffTools } from '../diff/diff.ts'
import type { Threads } from '../diff/threads.ts'
import type { Mutant } from './mutant.ts'
import { withMutant } from './trial.ts'

export interface EquivalenceSource {
  erps: readonly CheckedErp[]
  tree: Tree
  opa: string
  base: PolicyCompiler
  head: PolicyCompiler
  threads: Threads
}

/**
 * How many contexts of the access diff come out the same with the mistake in place; null where one comes out otherwise,
 * or where no other mistake at the same place shows in any context: then the contexts do not reach the place, and that
 * they are the same says nothing.
 * @param beside other mistakes in the same rule, or at the same key
 */
export async function sameContexts(
  mutant: Mutant,
  beside: readonly Mutant[],
  source: EquivalenceSource,
): Promise<number | null> {
  const own = await shown(mutant, source)
  if (own === null || own.differing > 0) return null
  for (const other of beside.slice(0, MOST)) {
    const seen = await shown(other, source)
    if (seen !== null && seen.differing > 0) return own.contexts
  }
  return null
}

/** Each costs a compilation and a whole matrix. */
const MOST = 3

async function shown(
  mutant: Mutant,
  { erps, tree, opa, base, head, threads }: EquivalenceSource,
): Promise<{ contexts: number; differing: number } | null> {
  const total = { contexts: 0, differing: 0 }
  const compilers = { base, head }
  const tools: DiffTools = { opa, threads, wasmOf: (side, one) => compilers[side].moduleOf(one) }
  for (const checked of erps) {
    const other = withMutant(checked, tree, mutant)
    if (other === null) return null
    const { name } = checked
    const diff = await accessDiff({ base: { [name]: checked }, head: { [name]: other } }, tools).catch(
      (error: unknown) => {
        if (error instanceof DiffError) return null
        throw error
      },
    )
    if (diff === null) return null
    total.contexts += diff.contexts
    total.differing += diff.wider.length + diff.narrower.length + diff.obligations.length
  }
  return total
}
