import { isTerm, type Term } from '../../compile/ast.ts'
import { fullPath, type Program } from '../../compile/program.ts'

/** Dotted names below `data.config` that some rule reads; what stands below one of them is read with it. */
export function configReads(program: Program): string[] {
  const found = new Set<string>()
  for (const module of Object.values(program)) {
    for (const term of readTerms(module.rules)) {
      const path = pathOf(module, term)
      if (path?.[0] === 'data' && path[1] === 'config') found.add(path.slice(2).join('.'))
    }
  }
  return [...found]
}

/** Refs and variables; of a ref not its root by itself, which would read all that stands below it. */
function* readTerms(node: unknown): Generator<Term> {
  if (typeof node !== 'object' || node === null) return
  if (isTerm(node) && (node.type === 'ref' || node.type === 'var')) yield node
  const parts: unknown[] = isTerm(node) && node.type === 'ref' && Array.isArray(node.value) ? node.value : []
  for (const child of parts.length > 0 ? parts.slice(1) : Object.values(node)) yield* readTerms(child)
}

/** True where the Rego reads it, something it stands in, or something below it. */
export function isConfigRead(reads: readonly string[], name: string): boolean {
  return reads.some((read) => read === name || name.startsWith(`${read}.`) || read.startsWith(`${name}.`))
}

/** The constant beginning of a ref, through imports. */
function pathOf(module: Program[string], term: Term): string[] | null {
  if (!Array.isArray(term.value)) return fullPath(module, term)
  const parts: unknown[] = term.value
  const end = parts.findIndex((part, at) => at > 0 && !(isTerm(part) && part.type === 'string'))
  return fullPath(module, { type: 'ref', value: end < 0 ? parts : parts.slice(0, end) })
}
