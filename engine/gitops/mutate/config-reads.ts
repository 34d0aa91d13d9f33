import { calledName, isTerm, type Module, type Rule, type Term } from '../../compile/ast.ts'
import { fullPath, type Program } from '../../compile/program.ts'

/**
 * Dotted names below `data.config` that some rule reads; what stands below one of them is read with it. A rule that only
 * names a part (`guard := security.guards.hours`) reads what is asked of its name, and one that asks whether a part is
 * there (`guard == null`) does not read what is in it.
 */
export function configReads(program: Program): string[] {
  const names = partNames(program)
  const found = new Set<string>()
  for (const module of Object.values(program)) {
    for (const rule of module.rules ?? []) {
      if (namedPart(module, rule) !== null) continue
      for (const term of readTerms(rule)) {
        const part = configPath(pathOf(module, term), names)
        if (part !== null) found.add(part.join('.'))
      }
    }
  }
  return [...found]
}

/** True where the Rego reads it, something it stands in, or something below it. */
export function isConfigRead(reads: readonly string[], name: string): boolean {
  return reads.some((read) => read === name || name.startsWith(`${read}.`) || read.startsWith(`${name}.`))
}

/** Full name of each rule that only names a part of the configuration → that part. */
function partNames(program: Program): Map<string, string[]> {
  return new Map(
    Object.values(program).flatMap((module) =>
      (module.rules ?? []).flatMap((rule): [string, string[]][] => {
        const part = namedPart(module, rule)
        const name = fullPath(module, { type: 'ref', value: rule.head.ref })
        return part === null || name === null ? [] : [[name.join('.'), part]]
      }),
    ),
  )
}

function namedPart(module: Module, { head, body = [] }: Rule): string[] | null {
  const path = head.args === undefined && head.value !== undefined ? fullPath(module, head.value) : null
  const always = body.every(({ terms }) => isTerm(terms) && terms.type === 'boolean')
  return always && path?.[0] === 'data' && path[1] === 'config' ? path.slice(2) : null
}

function configPath(path: readonly string[] | null, names: ReadonlyMap<string, string[]>): string[] | null {
  if (path?.[0] !== 'data') return null
  if (path[1] === 'config') return path.slice(2)
  for (let end = path.length; end > 1; end--) {
    const part = names.get(path.slice(0, end).join('.'))
    if (part !== undefined) return [...part, ...path.slice(end)]
  }
  return null
}

/** Refs and variables; of a ref not its root by itself, and nothing that is only compared with null. */
function* readTerms(node: unknown): Generator<Term> {
  if (typeof node !== 'object' || node === null) return
  if (isName(node)) yield node
  const children: unknown[] = Object.values(node)
  const parts: unknown[] = isTerm(node) && node.type === 'ref' && Array.isArray(node.value) ? node.value : []
  const [root, ...rest] = parts
  if (isTerm(root)) yield* [...(root.type === 'var' ? [] : [root]), ...rest].flatMap((part) => [...readTerms(part)])
  else
    for (const child of isAskedForNull(node) ? children.filter((one) => !isName(one)) : children)
      yield* readTerms(child)
}

function isName(node: unknown): node is Term {
  return isTerm(node) && (node.type === 'ref' || node.type === 'var')
}

function isAskedForNull(node: unknown): boolean {
  if (!Array.isArray(node) || (calledName(node) !== 'equal' && calledName(node) !== 'neq')) return false
  return node.slice(1).some((term: unknown) => isTerm(term) && term.type === 'null')
}

/** The constant beginning of a ref, through imports. */
function pathOf(module: Module, term: Term): string[] | null {
  if (!Array.isArray(term.value)) return fullPath(module, term)
  const parts: unknown[] = term.value
  const end = parts.findIndex((part, at) => at > 0 && !(isTerm(part) && part.type === 'string'))
  return fullPath(module, { type: 'ref', value: end < 0 ? parts : parts.slice(0, end) })
}
