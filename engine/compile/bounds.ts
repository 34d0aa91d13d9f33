import {
  calledName,
  type Every,
  type Expr,
  expressionsIn,
  isEvery,
  isTerm,
  type Module,
  type Term,
  termsIn,
} from './ast.ts'
import { type Fault, fullPath, type Program } from './program.ts'

/**
 * EVERY_EMPTY: `every` holds of an empty list, so a list that somebody left out would prove anything. What it runs over
 * has a lower bound on its size in the same body, or is configuration, or the rule says `# may be empty: <reason>`.
 * RANGE_BOUNDS: `numbers.range` takes constants only, since its size is the time it takes.
 */
export function boundFaults(program: Program): Fault[] {
  return Object.entries(program).flatMap(([file, module]) =>
    (module.rules ?? []).flatMap((rule, index) => [
      ...bodiesIn(rule)
        .flatMap((body) => unboundedIn(module, body))
        .map(
          (): Fault => ({
            code: 'EVERY_EMPTY',
            file,
            rule: index,
            message: '`every` over a list that may be empty: of no elements, anything holds',
            help: 'add `count(<list>) > 0` to the same body, or write `# may be empty: <reason>` in the rule',
          }),
        ),
      ...rangesIn(rule).map(
        (): Fault => ({
          code: 'RANGE_BOUNDS',
          file,
          rule: index,
          message: 'expected `numbers.range` with two constants at most 10000 apart, got something else',
          help: 'write the bounds as numbers',
        }),
      ),
    ]),
  )
}

function* allBodies(node: unknown): Generator<Expr[]> {
  if (typeof node !== 'object' || node === null) return
  if ('body' in node && Array.isArray(node.body)) yield node.body
  for (const child of Object.values(node)) yield* allBodies(child)
}

function bodiesIn(node: unknown): Expr[][] {
  return [...allBodies(node)]
}

function unboundedIn(module: Module, body: readonly Expr[]): Every[] {
  return body
    .map((expression) => expression.terms)
    .filter((terms): terms is Every => isEvery(terms))
    .filter(({ domain }) => !isFixed(module, domain) && !body.some((expression) => bounds(expression, domain)))
}

/** Written out, or configuration: what stands there was validated and reviewed. */
function isFixed(module: Module, domain: Term): boolean {
  if (domain.type === 'array' || domain.type === 'set' || domain.type === 'object') return true
  return fullPath(module, domain)?.slice(0, 2).join('.') === 'data.config'
}

/** `count(list) > 0`, `count(list) >= 1`, `count(list) == 3` and the same turned round. */
function bounds({ negated, terms }: Expr, domain: Term): boolean {
  if (negated === true || !Array.isArray(terms)) return false
  const [, left, right] = terms
  switch (calledName(terms)) {
    case 'gt':
      return counts(left, domain) && atLeast(right, 0)
    case 'gte':
    case 'equal':
      return counts(left, domain) && atLeast(right, 1)
    case 'lt':
      return counts(right, domain) && atLeast(left, 0)
    case 'lte':
      return counts(right, domain) && atLeast(left, 1)
    default:
      return false
  }
}

function counts(term: Term | undefined, domain: Term): boolean {
  if (term?.type !== 'call' || !Array.isArray(term.value)) return false
  return calledName(term.value) === 'count' && JSON.stringify(term.value[1]) === JSON.stringify(domain)
}

function atLeast(term: Term | undefined, least: number): boolean {
  return term?.type === 'number' && typeof term.value === 'number' && term.value >= least
}

function rangesIn(rule: unknown): unknown[] {
  const calls = [
    ...[...expressionsIn(rule)].map((expression) => expression.terms),
    ...[...termsIn(rule)].filter((term) => term.type === 'call').map((term) => term.value),
  ]
  return calls.filter((call) => calledName(call) === 'numbers.range' && !isShortRange(call))
}

function isShortRange(call: unknown): boolean {
  const [, from, to] = Array.isArray(call) ? call : []
  const [low, high] = [from, to].map((term: unknown) =>
    isTerm(term) && term.type === 'number' ? Number(term.value) : NaN,
  )
  return low !== undefined && high !== undefined && Math.abs(high - low) <= 10_000
}
