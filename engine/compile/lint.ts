import type { Finding } from '../contract/finding.ts'
import type { CheckedErp } from '../validate/checked.ts'
import { termsIn } from './ast.ts'
import { boundFaults } from './bounds.ts'
import { runCompiler } from './compiler/run.ts'
import { denyFaults } from './deny-shape.ts'
import { type Fault, fullPath, type Program, packageOf } from './program.ts'
import { stagedPath } from './staging.ts'

/** The rules of the Rego dialect that OPA itself does not check. */
export async function lint({ rego }: CheckedErp, program: Program, compiler: string, cwd: string): Promise<Finding[]> {
  const faults = [...denyFaults(program), ...unreadDenies(program), ...boundFaults(program)]
  const files = [...new Set(faults.map((fault) => fault.file))]
  const places = new Map(
    await Promise.all(files.map(async (file) => [file, await rulePlaces(file, compiler, cwd)] as const)),
  )
  return faults.flatMap(({ code, file, rule, message, help }) => {
    const place = places.get(file)?.[rule] ?? { row: 1, col: 1, lines: 1 }
    const text = (rego[file] ?? '').split('\n').slice(place.row - 1, place.row - 1 + place.lines)
    if (code === 'EVERY_EMPTY' && text.some((line) => /# may be empty: \S/.test(line))) return []
    return [{ code, severity: 'error' as const, file, line: place.row, column: place.col, message, help }]
  })
}

/** DENY_UNREAD: a deny rule in a package that no decision takes its reasons from refuses nothing. */
function unreadDenies(program: Program): Fault[] {
  const read = new Set<string>()
  for (const module of Object.values(program)) {
    // A rule's own name is no reading of it.
    const bodies = (module.rules ?? []).map(({ head, ...rest }) => [head.value, head.key, rest])
    for (const term of termsIn(bodies)) {
      const path = fullPath(module, term)
      if (path?.at(-1) === 'deny') read.add(path.join('.'))
    }
  }
  return Object.entries(program).flatMap(([file, module]) => {
    const rule = (module.rules ?? []).findIndex(({ head }) => head.ref[0]?.value === 'deny')
    const name = `${packageOf(module).join('.')}.deny`
    if (rule < 0 || read.has(name)) return []
    const message = `nothing reads \`${name}\`: its reasons refuse nothing`
    return [{ code: 'DENY_UNREAD', file, rule, message, help: 'join it in the `deny` of rbac.rego or security.rego' }]
  })
}

interface RulePlace {
  row: number
  col: number
  /** How many lines the rule takes. */
  lines: number
}

async function rulePlaces(file: string, compiler: string, cwd: string): Promise<RulePlace[]> {
  const args = ['parse', '--format', 'json', '--json-include', 'locations', stagedPath(file)]
  const { stdout } = await runCompiler(compiler, args, { cwd })
  const parsed: unknown = JSON.parse(stdout || '{}')
  const rules = isRecord(parsed) && Array.isArray(parsed['rules']) ? parsed['rules'] : []
  return rules.map((rule: unknown) => {
    const location = isRecord(rule) && isRecord(rule['location']) ? rule['location'] : {}
    const text = Buffer.from(String(location['text'] ?? ''), 'base64').toString('utf8')
    return { row: Number(location['row'] ?? 1), col: Number(location['col'] ?? 1), lines: text.split('\n').length }
  })
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
