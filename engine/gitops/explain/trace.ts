import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { isTerm, termsIn } from '../../compile/ast.ts'
import { runCompiler } from '../../compile/compiler/run.ts'
import type { DecisionInput } from '../../contract/decision-input.ts'

/** What decided: Rego as a bundle holds it (`omie/rbac.rego` → text), and its configuration. */
export interface ExplainSources {
  erp: string
  rego: Readonly<Record<string, string>>
  config: object
}

/** One definition of a rule that the interpreter tried. */
export interface Visit {
  /** `shared.access.permitted` */
  name: string
  /** `policies/shared/access.rego` */
  file: string
  line: number
  isDefault: boolean
  /** Of `deny["code"]`: the code. */
  key: string | null
  held: boolean
  /** The condition that did not hold, the furthest there was; null where all did. */
  failed: Condition | null
  /** All conditions that were looked at, by line. */
  conditions: Condition[]
}

export interface Condition {
  line: number
  /** Places that it looks at: `input.facts.amount`, `data.config.rbac`, `data.shared.alcada.band`. */
  refs: string[]
  negated: boolean
}

export interface Traced {
  decision: unknown
  /** Values of the rules that have one, by package. */
  data: unknown
  visits: Visit[]
}

/**
 * Decides by OPA's interpreter and keeps which definition was tried where, and how far each came. Indexing and early
 * exits are off: they would leave out just what did not hold.
 */
export async function trace({ erp, rego, config }: ExplainSources, input: DecisionInput, opa: string): Promise<Traced> {
  const cwd = await mkdtemp(join(tmpdir(), 'alcada-explain-'))
  try {
    const files = { ...rego, 'data.json': JSON.stringify({ config }) }
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(cwd, path)), { recursive: true })
      await writeFile(join(cwd, path), text)
    }
    const ask = async (query: string, ...flags: string[]): Promise<Record<string, unknown>> => {
      const args = ['eval', '-b', '.', '--stdin-input', '--format', 'json', ...flags, query]
      const { code, stdout, stderr } = await runCompiler(opa, args, { cwd, stdin: JSON.stringify(input) })
      const answer: unknown = code === 0 ? JSON.parse(stdout) : null
      if (isRecord(answer)) return answer
      throw new Error(`the policy of \`${erp}\` cannot be asked: ${stderr.trim() || stdout.trim()}`)
    }
    const full = ['--explain=full', '--disable-indexing', '--disable-early-exit']
    const traced = await ask(`data.${erp}.decision`, ...full)
    const values = await ask('data')
    const events = Array.isArray(traced['explanation']) ? traced['explanation'].filter(isRecord) : []
    return { decision: resultOf(traced), data: resultOf(values), visits: visitsOf(events, packagesOf(rego)) }
  } finally {
    await rm(cwd, { recursive: true, force: true })
  }
}

function packagesOf(rego: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(Object.entries(rego).map(([path, text]) => [path, /^package\s+([\w.]+)/m.exec(text)?.[1] ?? '']))
}

function visitsOf(events: readonly Record<string, unknown>[], packages: ReadonlyMap<string, string>): Visit[] {
  const open = new Map<unknown, Visit>()
  const visits: Visit[] = []
  for (const { Op, Node, Location, QueryID } of events) {
    if (!isRecord(Node) || !isRecord(Location)) continue
    const { file, row } = Location
    if (Op === 'Enter' && isRecord(Node['head'])) {
      const parts = refParts(Node['head']['ref'])
      const visit: Visit = {
        name: `${packages.get(String(file)) ?? ''}.${parts[0] ?? ''}`,
        file: `policies/${file}`,
        line: Number(row),
        isDefault: Node['default'] === true,
        key: parts[1] ?? null,
        held: false,
        failed: null,
        conditions: [],
      }
      open.set(QueryID, visit)
      visits.push(visit)
      continue
    }
    const visit = open.get(QueryID)
    if (visit === undefined) continue
    if (Op === 'Exit') visit.held = true
    if (Op !== 'Eval' && Op !== 'Fail') continue
    const line = Number(row)
    const known = visit.conditions.find((one) => one.line === line)
    const condition = known ?? { line, refs: [], negated: false }
    if (known === undefined) visit.conditions.push(condition)
    for (const ref of refsIn(Node)) if (!condition.refs.includes(ref)) condition.refs.push(ref)
    if (Op === 'Fail' && Node['negated'] === true) condition.negated = true
    if (Op === 'Fail' && line >= (visit.failed?.line ?? 0)) visit.failed = condition
  }
  for (const visit of visits) if (visit.held) visit.failed = null
  return visits
}

function refsIn(node: unknown): string[] {
  return [...termsIn(node)].flatMap((term) => {
    if (term.type !== 'ref' || !Array.isArray(term.value)) return []
    const [root] = refParts(term.value.slice(0, 1))
    const end = term.value.findIndex((part: unknown, at) => at > 0 && !(isTerm(part) && part.type === 'string'))
    const parts = refParts(end < 0 ? term.value : term.value.slice(0, end))
    return (root === 'input' || root === 'data') && parts.length > 1 ? [parts.join('.')] : []
  })
}

function refParts(ref: unknown): string[] {
  return Array.isArray(ref) ? ref.flatMap((part: unknown) => (isTerm(part) ? [String(part.value)] : [])) : []
}

function resultOf(answer: Record<string, unknown>): unknown {
  const [first] = Array.isArray(answer['result']) ? answer['result'] : []
  const [expression] = isRecord(first) && Array.isArray(first['expressions']) ? first['expressions'] : []
  return isRecord(expression) ? expression['value'] : undefined
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
