import { type Expr, isExpr, isTerm, type Module, type Rule, type Term, termsIn } from '../../compile/ast.ts'
import { fullPath, type Program, packageOf } from '../../compile/program.ts'
import { readPointer } from '../../contract/pointer.ts'

/** A place of the decision input that a rule looks at, and values on both sides of what it is compared with. */
export interface Probe {
  /** JSON Pointer into the decision input. */
  pointer: string
  /** The first one makes the condition hold. Empty: what it is compared with cannot be told from the rule. */
  values: readonly unknown[]
}

/** What one rule of the Rego asks of the input. */
export interface RuleProbes {
  file: string
  /** `shared.alcada.band` */
  name: string
  /** Which of the definitions of this name in the file, from 0. */
  index: number
  /** Of the syntax tree: the same text, however it is laid out, gives the same key. */
  key: string
  probes: Probe[]
  /** Names under `data` that the rule looks at: other rules, functions and what stands below them. */
  uses: string[]
}

/** Every rule of the Rego of one ERP. `data` is what `data.json` holds. */
export function ruleProbes(program: Program, data: object): RuleProbes[] {
  return Object.entries(program).flatMap(([file, module]) => {
    const counts = new Map<string, number>()
    return (module.rules ?? []).map((rule): RuleProbes => {
      const name = [...packageOf(module).slice(1), String(rule.head.ref[0]?.value ?? rule.head.name)].join('.')
      const index = counts.get(name) ?? 0
      counts.set(name, index + 1)
      const scope = { module, data }
      return {
        file,
        name,
        index,
        key: JSON.stringify(rule),
        probes: merged(probesOf(rule, scope)),
        uses: usesOf(rule, scope),
      }
    })
  })
}

interface Scope {
  module: Module
  data: object
}

type Side = { kind: 'input'; pointer: string } | { kind: 'value'; values: unknown[] } | { kind: 'unknown' }

function probesOf(rule: Rule, scope: Scope): Probe[] {
  const found: Probe[] = []
  visit(rule)
  return found

  function visit(node: unknown): void {
    if (typeof node !== 'object' || node === null) return
    if (isExpr(node)) condition(node)
    else if (isTerm(node) && node.type === 'call' && Array.isArray(node.value)) call(node.value, false)
    for (const child of Object.values(node)) visit(child)
  }

  function condition({ terms, negated = false }: Expr): void {
    if (Array.isArray(terms)) call(terms, negated)
    if (!isTerm(terms)) return
    const side = sideOf(terms, scope)
    if (side.kind === 'input') found.push({ pointer: side.pointer, values: negated ? [false, true] : [true, false] })
  }

  function call(terms: readonly unknown[], negated: boolean): void {
    const operator = isTerm(terms[0]) ? operatorOf(terms[0]) : ''
    const sides = terms.slice(1).map((term) => (isTerm(term) ? sideOf(term, scope) : UNKNOWN))
    const values = sides.flatMap((side) => (side.kind === 'value' ? side.values : []))
    sides.forEach((side, at) => {
      if (side.kind !== 'input') return
      const near = values.flatMap((value) => around(value, at === 0 ? operator : (MIRROR[operator] ?? operator)))
      found.push({ pointer: side.pointer, values: negated ? [...near].reverse() : near })
    })
  }
}

function usesOf(rule: Rule, { module }: Scope): string[] {
  const found = new Set<string>()
  for (const term of termsIn(rule)) {
    const path = term.type === 'ref' || term.type === 'var' ? (fullPath(module, term) ?? prefixOf(module, term)) : null
    if (path?.[0] === 'data' && path[1] !== 'config') found.add(path.slice(1).join('.'))
  }
  return [...found]
}

const UNKNOWN: Side = { kind: 'unknown' }

const MIRROR: Readonly<Record<string, string>> = { lt: 'gt', lte: 'gte', gt: 'lt', gte: 'lte' }

function operatorOf(term: Term): string {
  if (!Array.isArray(term.value)) return ''
  return term.value.map((part: unknown) => (isTerm(part) ? String(part.value) : '')).join('.')
}

/** The value itself and its neighbours, first of all one for which the comparison holds. */
function around(value: unknown, operator: string): unknown[] {
  if (typeof value === 'number') {
    const near = [value, value - 1, value + 1]
    const first = { lt: value - 1, gt: value + 1, neq: value + 1 }[operator] ?? value
    return [first, ...near.filter((each) => each !== first)]
  }
  if (typeof value === 'string') return operator === 'neq' ? [`${value}~`, value] : [value, `${value}~`]
  if (typeof value === 'boolean') return operator === 'neq' ? [!value, value] : [value, !value]
  if (Array.isArray(value)) return value
  if (typeof value === 'object' && value !== null) return Object.keys(value)
  return []
}

function sideOf(term: Term, { module, data }: Scope): Side {
  if (term.type === 'ref' || term.type === 'var') {
    const path = fullPath(module, term) ?? prefixOf(module, term)
    if (path?.[0] === 'input' && path.length > 1) return { kind: 'input', pointer: pointerOf(path.slice(1)) }
    if (path?.[0] !== 'data' || path[1] !== 'config' || fullPath(module, term) === null) return UNKNOWN
    const value = readPointer(data, pointerOf(path.slice(1)))
    return value === undefined || value === null ? UNKNOWN : { kind: 'value', values: [value] }
  }
  if (term.type === 'set' || term.type === 'array') {
    const items: unknown[] = Array.isArray(term.value) ? term.value : []
    return { kind: 'value', values: items.flatMap((item) => (isTerm(item) && isScalar(item) ? [item.value] : [])) }
  }
  return isScalar(term) ? { kind: 'value', values: [term.value] } : UNKNOWN
}

function isScalar({ type }: Term): boolean {
  return type === 'number' || type === 'string' || type === 'boolean'
}

/** `input.approvals[i].by` → what stands before the first variable: [input, approvals]. */
function prefixOf(module: Module, term: Term): string[] | null {
  if (!Array.isArray(term.value)) return null
  const parts: unknown[] = term.value
  const end = parts.findIndex((part, at) => at > 0 && !(isTerm(part) && part.type === 'string'))
  return end < 0 ? null : fullPath(module, { type: 'ref', value: parts.slice(0, end) })
}

function pointerOf(tokens: readonly string[]): string {
  return tokens.map((token) => `/${token.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

/** One probe for each place, the values in the order found. */
function merged(probes: readonly Probe[]): Probe[] {
  const places = new Map<string, Set<unknown>>()
  for (const { pointer, values } of probes) {
    const known = places.get(pointer) ?? new Set()
    for (const value of values) known.add(value)
    places.set(pointer, known)
  }
  return [...places].map(([pointer, values]) => ({ pointer, values: [...values] }))
}
