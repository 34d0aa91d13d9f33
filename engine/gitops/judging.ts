import { type CompiledErp, openPolicyCompiler, type PolicyCompiler } from '../compile/compile.ts'
import type { ParityReport } from '../compile/parity/parity.ts'
import { BUNDLE_FILES } from '../contract/bundle-claims.ts'
import type { Finding } from '../contract/finding.ts'
import { loadTree } from '../load/load.ts'
import type { CheckedErp } from '../validate/checked.ts'
import { validateTree } from '../validate/validate.ts'
import { type AccessDiff, DiffError, erpDiff, unitedDiff } from './diff/diff.ts'
import { startThreads, type Threads } from './diff/threads.ts'
import { reproducible } from './reproducible.ts'

/** Works out what the gate says of one ERP; its compilers and threads start when something has to be worked out. */
export interface Judging {
  /** Findings of the working tree: of every stage, of parity, and of a second build. */
  judged(erp: string): Promise<{ findings: Finding[]; parity: ParityReport | null }>
  /** The working tree against the base. What cannot be compared is told as such. */
  diff(erp: string): Promise<AccessDiff>
  close(): Promise<void>
}

export interface JudgingOptions {
  /** The working tree. */
  root: string
  /** A folder with erps/ and policies/ as the base has them. */
  base: string
  /** Path of the OPA binary. */
  opa: string
}

interface Sources {
  /** Null: it is not there, or it has a finding. */
  checked: CheckedErp | null
  findings: Finding[]
  exists: boolean
}

export function openJudging({ root, base, opa }: JudgingOptions): Judging {
  const compilers = new Map<string, Promise<PolicyCompiler>>()
  const compilerOf = (purpose: 'first' | 'again'): Promise<PolicyCompiler> => {
    const opened = compilers.get(purpose) ?? openPolicyCompiler({ compiler: opa })
    compilers.set(purpose, opened)
    return opened
  }
  let threads: Threads | null = null
  const last = new Map<string, { sources: Sources; compiled: CompiledErp | null }>()

  const sourcesOf = async (folder: string, erp: string): Promise<Sources> => {
    const { tree, findings } = await loadTree(folder, [erp])
    const validated = validateTree(tree)
    const all = [...findings, ...validated.findings]
    return { checked: validated.erps[erp] ?? null, findings: all, exists: tree.erps[erp] !== undefined }
  }
  const headOf = async (erp: string): Promise<Sources> => last.get(erp)?.sources ?? sourcesOf(root, erp)

  return {
    async judged(erp) {
      const sources = await sourcesOf(root, erp)
      if (sources.checked === null) {
        last.set(erp, { sources, compiled: null })
        return { findings: sources.findings, parity: null }
      }
      const { checked } = sources
      const [compiled, second] = await Promise.all([
        compilerOf('first').then((compiler) => compiler.compileErp(checked)),
        compilerOf('again').then((compiler) => compiler.compileErp(checked, { checks: 'fast' })),
      ])
      last.set(erp, { sources, compiled })
      const findings = [...sources.findings, ...compiled.findings, ...reproducible(compiled, second)]
      return { findings, parity: compiled.parity }
    },
    async diff(erp) {
      const [head, before] = [await headOf(erp), await sourcesOf(base, erp)]
      const fault = faultOf(erp, 'the working tree', head) ?? faultOf(erp, 'the base', before)
      if (fault !== null) return untold(erp, fault)
      threads ??= startThreads()
      const compiled = last.get(erp)?.compiled ?? null
      const built = async (side: 'base' | 'head', checked: CheckedErp): Promise<Uint8Array | null> => {
        if (side === 'head' && compiled !== null) return compiled.files.get(BUNDLE_FILES.wasm) ?? null
        // The one that built the head: where the base has the same Rego, its module is known.
        return (await compilerOf('first')).moduleOf(checked)
      }
      last.delete(erp)
      return erpDiff(erp, before.checked ?? undefined, head.checked ?? undefined, {
        opa,
        wasmOf: built,
        threads,
      }).catch((error: unknown) => {
        if (error instanceof DiffError) return untold(erp, error.message)
        throw error
      })
    },
    async close() {
      await threads?.close()
      await Promise.all([...compilers.values()].map(async (compiler) => (await compiler).close()))
    },
  }
}

function faultOf(erp: string, where: string, { checked, exists, findings }: Sources): string | null {
  if (!exists || checked !== null) return null
  const first = findings.find(({ severity }) => severity === 'error')
  const place = first === undefined ? '' : `: ${first.code} ${first.file}:${first.line}`
  return `${erp} was not compared: ${where} has findings${place}`
}

function untold(erp: string, sentence: string): AccessDiff {
  return { ...unitedDiff([]), unreached: [{ erp, tool: '', sentence, harmless: false }] }
}
