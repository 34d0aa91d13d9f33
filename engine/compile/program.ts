import { constantRef, type Module, type Rule, type Term } from './ast.ts'

/** Path → syntax tree: the Rego of one ERP, tests left out. */
export type Program = Readonly<Record<string, Module>>

/** A mistake at a rule; its line is looked up only now that it is needed. */
export interface Fault {
  code: string
  file: string
  /** Index in the module's rules. */
  rule: number
  message: string
  help: string
}

/** `data.shared.caller` */
export function packageOf(module: Module): string[] {
  return module.package.path.map((part) => String(part.value))
}

/** The whole path that a name or ref in a module stands for, through its imports; null when it holds variables. */
export function fullPath(module: Module, term: Term): string[] | null {
  const tokens = constantRef(term)
  const [root, ...rest] = tokens ?? []
  if (root === undefined) return null
  if (root === 'data' || root === 'input') return [root, ...rest]
  for (const { path, alias } of module.imports ?? []) {
    const imported = constantRef(path)
    if (imported !== null && (alias ?? imported.at(-1)) === root) return [...imported, ...rest]
  }
  return [...packageOf(module), root, ...rest]
}

/** All definitions of the rule that a term names, wherever they stand; null when it names none. */
export function resolve(program: Program, module: Module, term: Term): { module: Module; rule: Rule }[] | null {
  const path = fullPath(module, term)
  if (path === null || path[0] !== 'data') return null
  const name = path.at(-1)
  const home = path.slice(0, -1).join('.')
  const found = Object.values(program)
    .filter((candidate) => packageOf(candidate).join('.') === home)
    .flatMap((candidate) =>
      (candidate.rules ?? [])
        .filter((rule) => rule.head.ref[0]?.value === name)
        .map((rule) => ({ module: candidate, rule })),
    )
  return found.length > 0 ? found : null
}
