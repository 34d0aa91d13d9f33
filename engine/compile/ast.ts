import { runCompiler } from './compiler/run.ts'

/** OPA's syntax tree, as far as it is looked at here: `opa eval 'rego.parse_module(…)'`. */
export interface Module {
  package: { path: Term[] }
  imports?: { path: Term; alias?: string }[]
  rules?: Rule[]
}

export interface Rule {
  default?: boolean
  head: Head
  body?: Expr[]
  else?: Rule
}

export interface Head {
  name?: string
  ref: Term[]
  args?: Term[]
  key?: Term
  value?: Term
}

export interface Expr {
  negated?: boolean
  terms: Term | Term[] | Every | SomeDecl
  with?: unknown[]
}

export interface Every {
  domain: Term
  body: Expr[]
  key: Term | null
  value: Term
}

export interface SomeDecl {
  symbols: Term[]
}

export interface Term {
  type: string
  value?: unknown
}

/**
 * The syntax trees of many files by one process, without places in them (OPA gives those to `opa parse` only, a process
 * for each file). A file with a syntax error has none: `opa check` reports it.
 * @param files path → text
 */
export async function parseModules(
  files: Readonly<Record<string, string>>,
  compiler: string,
  cwd: string,
): Promise<Record<string, Module>> {
  const query = '{path: tree | some path, text in input; tree := rego.parse_module(path, text)}'
  const { stdout } = await runCompiler(compiler, ['eval', '--format', 'raw', '--stdin-input', query], {
    cwd,
    stdin: JSON.stringify(files),
  })
  const parsed: unknown = JSON.parse(stdout || '{}')
  return isModules(parsed) ? parsed : {}
}

/** Every term of a tree, depth first, with the comprehension and `every` bodies in it. */
export function* termsIn(node: unknown): Generator<Term> {
  if (typeof node !== 'object' || node === null) return
  if (isTerm(node)) yield node
  for (const child of Object.values(node)) yield* termsIn(child)
}

/** Every expression of a tree, the nested ones included. */
export function* expressionsIn(node: unknown): Generator<Expr> {
  if (typeof node !== 'object' || node === null) return
  if (isExpr(node)) yield node
  for (const child of Object.values(node)) yield* expressionsIn(child)
}

export function isTerm(node: unknown): node is Term {
  return typeof node === 'object' && node !== null && 'type' in node && typeof node.type === 'string'
}

export function isEvery(terms: Expr['terms']): terms is Every {
  return !Array.isArray(terms) && 'domain' in terms
}

/** The tokens of a ref whose parts are all constants, the root included: `data.config.rbac` → [data, config, rbac]. */
export function constantRef(term: Term): string[] | null {
  if (term.type === 'var' && typeof term.value === 'string') return [term.value]
  if (term.type !== 'ref' || !Array.isArray(term.value)) return null
  const tokens = term.value.map((part: unknown) => (isTerm(part) ? part.value : undefined))
  const constant = term.value.every((part: unknown, at) => isTerm(part) && (at === 0 || part.type === 'string'))
  return constant && tokens.every((token) => typeof token === 'string') ? tokens : null
}

/** The name of the builtin or function that an expression or call term calls. */
export function calledName(terms: unknown): string | null {
  if (!Array.isArray(terms) || !isTerm(terms[0])) return null
  return constantRef(terms[0])?.join('.') ?? null
}

export function isExpr(node: object): node is Expr {
  return 'terms' in node && 'index' in node
}

function isModules(value: unknown): value is Record<string, Module> {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((one) => typeof one === 'object' && one !== null && 'package' in one)
  )
}
