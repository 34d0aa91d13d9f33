import type { Row } from '../row.ts'
import { invalid } from './fault.ts'
import { type EdmType, instantOf, type Token, tokensOf } from './odata-lexer.ts'

/** The columns of a collection that can be compared, by path: `stakeholder/name`. */
export type Columns = Readonly<Record<string, EdmType>>

type Value = string | number | boolean | null

interface Expression {
  type: EdmType
  of(row: Row): Value
}

const EDM = {
  text: 'Edm.String',
  guid: 'Edm.Guid',
  number: 'Edm.Double',
  date: 'Edm.DateTimeOffset',
  boolean: 'Edm.Boolean',
  null: 'null',
} as const

const COMPARE: Record<string, [string, (left: Value, right: Value) => boolean]> = {
  eq: ['Equal', (left, right) => left === right],
  ne: ['NotEqual', (left, right) => left !== right],
  gt: ['GreaterThan', (left, right) => left !== null && right !== null && left > right],
  ge: ['GreaterThanOrEqual', (left, right) => left !== null && right !== null && left >= right],
  lt: ['LessThan', (left, right) => left !== null && right !== null && left < right],
  le: ['LessThanOrEqual', (left, right) => left !== null && right !== null && left <= right],
}

/** Reads a `$filter`; throws Nibo's validation error where a name is unknown or two types do not compare. */
export function compileFilter(filter: string, columns: Columns): (row: Row) => boolean {
  const tokens = tokensOf(filter)
  let at = 0
  const peek = (): Token | undefined => tokens[at]
  const take = (): Token => {
    const token = tokens[at++]
    if (token === undefined) throw invalid(`Syntax error at position ${filter.length} in '${filter}'.`)
    return token
  }
  const isWord = (text: string): boolean => {
    const token = peek()
    return token?.kind === 'word' && token.text.toLowerCase() === text
  }
  const isMark = (text: string): boolean => {
    const token = peek()
    return token?.kind === 'mark' && token.text === text
  }
  const expect = (text: string): void => {
    const token = take()
    if (token.kind !== 'mark' || token.text !== text) throw invalid(`Syntax error: '${text}' expected in '${filter}'.`)
  }

  const either = (): Expression => chain('or', both, (left, right) => left || right)
  const both = (): Expression => chain('and', comparison, (left, right) => left && right)
  function chain(word: string, part: () => Expression, join: (left: boolean, right: boolean) => boolean): Expression {
    let left = part()
    while (isWord(word)) {
      at++
      const [first, second] = [booleanOf(left), booleanOf(part())]
      left = { type: 'boolean', of: (row) => join(first(row), second(row)) }
    }
    return left
  }
  function comparison(): Expression {
    if (isWord('not')) {
      at++
      const inner = booleanOf(comparison())
      return { type: 'boolean', of: (row) => !inner(row) }
    }
    const left = operand()
    const token = peek()
    const [kind, compare] = (token?.kind === 'word' ? COMPARE[token.text.toLowerCase()] : undefined) ?? []
    if (kind === undefined || compare === undefined) return left
    at++
    const right = operand()
    if (left.type !== right.type && left.type !== 'null' && right.type !== 'null') {
      throw invalid(
        `A binary operator with incompatible types was detected. Found operand types '${EDM[left.type]}' and '${EDM[right.type]}' for operator kind '${kind}'.`,
      )
    }
    return { type: 'boolean', of: (row) => compare(left.of(row), right.of(row)) }
  }
  function operand(): Expression {
    const token = take()
    if (token.kind === 'literal') return { type: token.type, of: () => token.value }
    if (token.kind === 'mark') {
      if (token.text !== '(') throw invalid(`Syntax error at '${token.text}' in '${filter}'.`)
      const inner = either()
      expect(')')
      return inner
    }
    return isMark('(') ? called(token.text) : column(token.text, columns)
  }
  function called(name: string): Expression {
    const args: Expression[] = []
    expect('(')
    args.push(either())
    while (isMark(',')) {
      at++
      args.push(either())
    }
    expect(')')
    return functionOf(name.toLowerCase(), args)
  }

  const whole = booleanOf(either())
  if (at < tokens.length) throw invalid(`Syntax error at position ${at} in '${filter}'.`)
  return whole
}

/** The value a path has in a record, as it compares. */
export function column(path: string, columns: Columns): Expression {
  const type = Object.hasOwn(columns, path) ? columns[path] : undefined
  if (type === undefined) throw invalid(`Could not find a property named '${path}' on this type.`)
  return { type, of: (row) => comparable(type, path.split('/').reduce<unknown>(within, row)) }
}

function functionOf(name: string, args: readonly Expression[]): Expression {
  const [first, second] = args
  if (first === undefined) throw invalid(`No function signature for '${name}'.`)
  if (first.type === 'text' && second === undefined && (name === 'tolower' || name === 'toupper')) {
    return { type: 'text', of: (row) => changed(first.of(row), name) }
  }
  if (first.type === 'date' && second === undefined && ['year', 'month', 'day'].includes(name)) {
    return { type: 'number', of: (row) => datePart(first.of(row), name) }
  }
  if (first.type === 'text' && second?.type === 'text' && ['contains', 'startswith', 'endswith'].includes(name)) {
    return { type: 'boolean', of: (row) => holds(name, String(first.of(row) ?? ''), String(second.of(row) ?? '')) }
  }
  throw invalid(`No function signature for the function with name '${name}' matches the specified arguments.`)
}

function holds(name: string, text: string, part: string): boolean {
  return name === 'contains' ? text.includes(part) : name === 'startswith' ? text.startsWith(part) : text.endsWith(part)
}

function changed(value: Value, name: string): Value {
  return typeof value !== 'string' ? value : name === 'tolower' ? value.toLowerCase() : value.toUpperCase()
}

function datePart(value: Value, name: string): Value {
  if (typeof value !== 'number') return null
  const date = new Date(value)
  return name === 'year' ? date.getUTCFullYear() : name === 'month' ? date.getUTCMonth() + 1 : date.getUTCDate()
}

function booleanOf(expression: Expression): (row: Row) => boolean {
  if (expression.type !== 'boolean') throw invalid('The $filter expression must evaluate to a single boolean value.')
  return (row) => expression.of(row) === true
}

function comparable(type: EdmType, value: unknown): Value {
  if (type === 'date') return typeof value === 'string' ? instantOf(value) : null
  if (type === 'guid') return typeof value === 'string' ? value.toLowerCase() : null
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null
}

function within(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value)).get(key) : undefined
}
