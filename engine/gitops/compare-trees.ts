import { openPolicyCompiler } from '../compile/compile.ts'
import { loadTree } from '../load/load.ts'
import type { CheckedErp } from '../validate/checked.ts'
import { validateTree } from '../validate/validate.ts'
import { type AccessDiff, accessDiff, DiffError } from './diff/diff.ts'
import { startThreads } from './diff/threads.ts'
import { treeAt } from './tree-at.ts'

export interface CompareOptions {
  /** The project, whose working tree is the head. */
  root: string
  /** What it is compared with. */
  ref: string
  /** Default: all. */
  erps?: readonly string[]
  /** Path of the OPA binary. */
  opa: string
}

/**
 * The access diff of a ref against the working tree.
 * @throws RefError, DiffError
 */
export async function compareTrees({ root, ref, erps, opa }: CompareOptions): Promise<AccessDiff> {
  await using closing = new AsyncDisposableStack()
  const base = await treeAt(root, ref)
  closing.defer(() => base.remove())
  // One for both sides: where the Rego is the same, as with most changes, there is one module to build.
  const compiler = await openPolicyCompiler({ compiler: opa })
  closing.defer(() => compiler.close())
  const threads = startThreads()
  closing.defer(() => threads.close())
  const [before, after] = await Promise.all([checkedErps(base.root, ref), checkedErps(root, 'the working tree')])
  const wanted = (all: Record<string, CheckedErp>): Record<string, CheckedErp> =>
    Object.fromEntries(Object.entries(all).filter(([name]) => erps === undefined || erps.includes(name)))
  // Awaited: what it works with is closed once this function is left.
  return await accessDiff(
    { base: wanted(before), head: wanted(after) },
    { opa, wasmOf: (_side, checked) => compiler.moduleOf(checked), threads },
  )
}

/**
 * The ERPs of a tree that has no findings of severity error.
 * @param what names the tree in the error
 * @throws DiffError
 */
export async function checkedErps(root: string, what: string): Promise<Record<string, CheckedErp>> {
  const { tree, findings } = await loadTree(root)
  const checked = validateTree(tree)
  // Before the first ERP there was nothing that anybody might do.
  const first = [...findings, ...checked.findings].find(
    ({ severity, code }) => severity === 'error' && code !== 'ERP_UNKNOWN',
  )
  if (first === undefined) return checked.erps
  const { code, file, line, message } = first
  throw new DiffError(`${what} has findings, and what is wrong cannot be compared: ${code} ${file}:${line}: ${message}`)
}
