import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { contentDigest, digestOf, sha256 } from '../contract/canonical.ts'
import { type Finding, sortFindings } from '../contract/finding.ts'
import type { CheckedErp } from '../validate/checked.ts'
import { parseModules } from './ast.ts'
import { type Built, build, bundleFiles } from './build.ts'
import { check, format } from './check.ts'
import { runCompiler } from './compiler/run.ts'
import { restrictCapabilities } from './dialect.ts'
import { type Judge, startJudge } from './judge.ts'
import { lint } from './lint.ts'
import type { ParityCase } from './parity/case.ts'
import { askBoth, type ParityReport, parityFindings } from './parity/parity.ts'
import { regoTestInputs } from './parity/rego-inputs.ts'
import type { Program } from './program.ts'
import { inputReads } from './reads.ts'
import { regoTest } from './rego-test.ts'
import { isTest, type Staging, stage } from './staging.ts'
import { canariesOf, type Judgement, type TableJob } from './table.ts'

/** One ERP's unsigned bundle content, a pure function of its sources. */
export interface CompiledErp {
  name: string
  /** `.manifest`, data.json, policy.wasm, catalogue.json, canaries.json and the Rego without tests; empty when the Rego has a fault. */
  files: Map<string, Uint8Array>
  /** Of the files, whatever is signed about them later; empty when there are none. */
  digest: string
  /** Sorted. With an error among them nothing may be published. */
  findings: Finding[]
  /** What the interpreter and the module were both asked; null where they were not. */
  parity: ParityReport | null
}

export interface CompileOptions {
  /** all: everything. fast: what tells whether the policy compiles, keeps the dialect and meets its decision table. */
  checks?: 'all' | 'fast'
  /**
   * Severity of what decisions.yaml finds against the policy (DECISION_DIFFERS, OMISSION_ALLOWED). Default error. With
   * warning the bundle is whole, its canaries without the rows that come out otherwise: for `up`, where a limit is
   * tried out before its table is rewritten.
   */
  differing?: Finding['severity']
}

/** Compiles one ERP after the other, remembering what has not changed. Close it: it holds a folder, and a thread once it judges. */
export interface PolicyCompiler {
  compileErp(checked: CheckedErp, options?: CompileOptions): Promise<CompiledErp>
  /** `policy.wasm` alone, of whatever it decides nothing is asked; null where the Rego has a fault. */
  moduleOf(checked: CheckedErp): Promise<Uint8Array<ArrayBuffer> | null>
  /** One question to OPA's interpreter and to the module; null where the Rego does not compile. */
  askBoth(checked: CheckedErp, question: ParityCase): Promise<Awaited<ReturnType<typeof askBoth>> | null>
  close(): Promise<void>
}

export interface PolicyCompilerOptions {
  /** Path of the OPA binary (findCompiler). */
  compiler: string
  /** Time for one row of a decision table, in milliseconds. Default 5_000. */
  deadlineMs?: number
  /** Folder for inputs that interpreter and module answer differently. Default: `alcada-parity` among temporary files. */
  replayDir?: string
}

interface Memory {
  /** Digest of one ERP's Rego → what was made of it: the module holds no data. */
  sources: string
  built: Built | null
  program: Program
  findings: Finding[]
}

export async function openPolicyCompiler({
  compiler,
  deadlineMs,
  replayDir = join(tmpdir(), 'alcada-parity'),
}: PolicyCompilerOptions): Promise<PolicyCompiler> {
  const dir = await mkdtemp(join(tmpdir(), 'alcada-compile-'))
  let judge: Judge | null = null
  const startedJudge = (): Judge => {
    judge ??= startJudge(deadlineMs === undefined ? {} : { deadlineMs })
    return judge
  }
  const capabilities = join(dir, 'capabilities.json')
  const { stdout } = await runCompiler(compiler, ['capabilities', '--current'], { cwd: dir })
  await writeFile(capabilities, restrictCapabilities(stdout))
  const memories = new Map<string, Memory>()
  const results = new Map<string, { key: string; result: Promise<CompiledErp> }>()
  const turns = new Map<string, Promise<unknown>>()
  /** One ERP has one folder: what is done there comes one after the other. */
  const inTurn = <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const done = (turns.get(name) ?? Promise.resolve()).then(work)
    const over = done.catch(() => undefined)
    turns.set(name, over)
    return done
  }
  const regoFor = async (checked: CheckedErp): Promise<{ rego: Memory; staging: Staging }> => {
    const folder = join(dir, checked.name)
    await mkdir(folder, { recursive: true })
    const staging = await stage(checked, folder)
    const rego = await regoOf(checked, staging, { compiler, capabilities, memory: memories.get(checked.name) })
    memories.set(checked.name, rego)
    return { rego, staging }
  }

  const compileAnew = async (
    checked: CheckedErp,
    { checks, differing }: Required<CompileOptions>,
  ): Promise<CompiledErp> => {
    // At once, so that the thread is ready by the time there is something to judge.
    const judge = startedJudge()
    const folder = join(dir, checked.name)
    await mkdir(folder, { recursive: true })
    const staging = await stage(checked, folder)
    const tests = checks === 'all' ? regoTest(checked, staging, compiler) : []
    const formatted = checks === 'all' ? format(checked, staging, compiler) : []
    const taken = checks === 'all' ? regoTestInputs(checked, staging, compiler) : null
    const rego = await regoOf(checked, staging, { compiler, capabilities, memory: memories.get(checked.name) })
    memories.set(checked.name, rego)
    const { built } = rego
    const reads = checks === 'all' ? inputReads(rego.program) : null
    const judged =
      built === null || rego.findings.some(isEndless)
        ? NOT_JUDGED
        : await judge.judge(jobOf(checked, reads, differing), built.wasm)
    const canaries = canariesOf(checked, judged.differing)
    const inputs = await taken
    const parity =
      built === null || inputs === null || rego.findings.length > 0 || judged.findings.some(isUnanswered)
        ? null
        : await parityFindings({
            checked,
            wasm: built.wasm,
            staging,
            compiler,
            judge,
            canaries,
            tests: inputs,
            replayDir,
          })
    const proofs = [...(await formatted), ...(await tests), ...judged.findings, ...(parity?.findings ?? [])]
    const findings = [...rego.findings, ...proofs]
    const files = built === null || rego.findings.length > 0 ? new Map() : bundleFiles(checked, built, canaries)
    return {
      name: checked.name,
      files,
      digest: files.size === 0 ? '' : contentDigest(files),
      findings: tidy(findings),
      parity: parity?.report ?? null,
    }
  }

  return {
    async compileErp(checked, { checks = 'all', differing = 'error' } = {}) {
      const key = sha256(JSON.stringify({ checked, checks, differing }))
      const last = results.get(checked.name)
      if (last?.key === key) return last.result
      const result = inTurn(checked.name, () => compileAnew(checked, { checks, differing }))
      results.set(checked.name, { key, result })
      return result
    },
    async moduleOf(checked) {
      const { built, findings } = await inTurn(checked.name, async () => (await regoFor(checked)).rego)
      return built === null || findings.length > 0 ? null : built.wasm
    },
    async askBoth(checked, question) {
      return inTurn(checked.name, async () => {
        const { rego, staging } = await regoFor(checked)
        if (rego.built === null) return null
        const { wasm } = rego.built
        return askBoth([question], { checked, wasm, staging, compiler, judge: startedJudge() })
      })
    },
    async close() {
      await judge?.close()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

/** For one ERP at a time. To compile several, or one again and again, keep a PolicyCompiler open. */
export async function compileErp(
  checked: CheckedErp,
  { compiler, deadlineMs, ...options }: PolicyCompilerOptions & CompileOptions,
): Promise<CompiledErp> {
  const opened = await openPolicyCompiler(deadlineMs === undefined ? { compiler } : { compiler, deadlineMs })
  return opened.compileErp(checked, options).finally(() => opened.close())
}

interface RegoOptions {
  compiler: string
  capabilities: string
  memory: Memory | undefined
}

/** What depends on the Rego alone (and on the names of arguments, which stand in the schema of `input`). */
async function regoOf(checked: CheckedErp, staging: Staging, options: RegoOptions): Promise<Memory> {
  const { compiler, capabilities, memory } = options
  const plain = Object.fromEntries(Object.entries(checked.rego).filter(([path]) => !isTest(path)))
  const inputs = Object.entries(checked.catalogue.tools).map(([name, tool]) => [name, tool.input])
  const sources = digestOf({ plain, inputs })
  if (memory?.sources === sources) return memory
  const [built, checkFindings, program] = await Promise.all([
    build(checked, staging, compiler, capabilities),
    check(checked, staging, compiler, capabilities),
    parseModules(plain, compiler, staging.bundle),
  ])
  const linted = await lint(checked, program, compiler, join(staging.bundle, '..'))
  return { sources, built: built.built, program, findings: [...checkFindings, ...built.findings, ...linted] }
}

/** A range as long as somebody likes is not evaluated: it is a finding as it stands. */
function isEndless({ code }: Finding): boolean {
  return code === 'RANGE_BOUNDS'
}

/** The module gave no answers that could be compared with the interpreter's. */
function isUnanswered({ code }: Finding): boolean {
  return code === 'EVALUATION_HANGS' || code === 'POLICY_NOT_LOADED'
}

const NOT_JUDGED: Judgement = { findings: [], differing: [] }

function jobOf(checked: CheckedErp, reads: TableJob['reads'], differing: Finding['severity']): TableJob {
  const { name, catalogue, config, decisions } = checked
  return { checked: { name, catalogue, config, decisions }, reads, differing }
}

/** Sorted, and once only what `opa check` and `opa build` both say. */
function tidy(findings: readonly Finding[]): Finding[] {
  const seen = new Map(findings.map((one) => [`${one.file}:${one.line}:${one.code}:${one.message}`, one]))
  return sortFindings([...seen.values()])
}
