import { calledName, constantRef, isTerm, type Module, type Rule, type Term } from './ast.ts'
import { type Fault, type Program, resolve } from './program.ts'

const HELP =
  'write `deny["code"] := "words" if not <rule>`, where <rule> states the good case: then whatever is undefined refuses'

/**
 * DENY_SHAPE. `not f(input.x)` is undefined when input.x is missing, and a deny rule with it stays silent: the call goes
 * through. So a deny rule has one expression, the negation of a named rule that takes no arguments, is `true` or
 * undefined, and is neither a set nor true by default. A package may also join the deny rules of others.
 */
export function denyFaults(program: Program): Fault[] {
  return Object.entries(program).flatMap(([file, module]) =>
    (module.rules ?? []).flatMap((rule, index) => {
      const message = isDeny(rule) ? faultOf(program, module, rule) : null
      return message === null ? [] : [{ code: 'DENY_SHAPE', file, rule: index, message, help: HELP }]
    }),
  )
}

function isDeny(rule: Rule): boolean {
  return rule.head.ref[0]?.value === 'deny'
}

function faultOf(program: Program, module: Module, rule: Rule): string | null {
  const { head, body = [] } = rule
  if (rule.default === true) return 'a deny rule has a default'
  if (rule.else !== undefined) return 'a deny rule has an else'
  if (head.args !== undefined) return 'a deny rule takes arguments'
  const [, code, ...rest] = head.ref
  if (code === undefined && head.key === undefined && joinsOthers(module, rule)) return null
  if (code?.type !== 'string' || rest.length > 0 || head.key !== undefined) return 'a deny rule has no code of its own'
  if (head.value?.type !== 'string' && head.value?.type !== 'templatestring') return 'a deny rule has no words'
  const [expression, ...more] = body
  if (expression === undefined || more.length > 0) return 'a deny rule has more than one expression'
  if (expression.negated !== true) return 'a deny rule states the bad case'
  if (expression.with !== undefined) return 'a deny rule changes its input'
  if (!isTerm(expression.terms)) return 'a deny rule negates a call, not a rule'
  const target = resolve(program, module, expression.terms)
  if (target === null) return 'a deny rule negates something that is not a named rule'
  return target.map(({ rule: one }) => goodCaseFault(one)).find((fault) => fault !== null) ?? null
}

/** `deny := object.union_n([access.deny, …])`, or `object.union` of two. */
function joinsOthers(module: Module, { head, body = [] }: Rule): boolean {
  if (body.some((expression) => !isTrue(expression.terms)) || head.value?.type !== 'call') return false
  const called = calledName(head.value.value)
  if (called !== 'object.union' && called !== 'object.union_n') return false
  const [, ...args] = Array.isArray(head.value.value) ? head.value.value : []
  const parts: unknown[] = called === 'object.union' ? args : args.flatMap(itemsOf)
  return parts.every((part) => isTerm(part) && isDenyRef(module, part))
}

function isDenyRef(module: Module, term: Term): boolean {
  const tokens = constantRef(term)
  const imported = module.imports?.some(({ path, alias }) => (alias ?? constantRef(path)?.at(-1)) === tokens?.[0])
  return tokens?.at(-1) === 'deny' && tokens.length > 1 && (imported === true || tokens[0] === 'data')
}

function itemsOf(term: unknown): unknown[] {
  return isTerm(term) && term.type === 'array' && Array.isArray(term.value) ? term.value : [term]
}

function goodCaseFault({ head, default: isDefault, else: next }: Rule): string | null {
  if (head.args !== undefined) return 'a deny rule negates a function'
  if (head.key !== undefined || head.ref.length > 1)
    return 'a deny rule negates a set or an object, which is never false'
  const value = head.value === undefined || (head.value.type === 'boolean' && head.value.value === true)
  if (isDefault === true)
    return head.value?.value === false ? null : 'a deny rule negates a rule with a default that holds'
  if (!value) return 'a deny rule negates a rule that has other values than true'
  return next === undefined ? null : goodCaseFault(next)
}

function isTrue(terms: unknown): boolean {
  return isTerm(terms) && terms.type === 'boolean' && terms.value === true
}
