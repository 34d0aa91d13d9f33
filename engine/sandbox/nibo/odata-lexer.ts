import { invalid } from './fault.ts'

export type EdmType = 'text' | 'guid' | 'number' | 'date' | 'boolean' | 'null'

export type Token =
  | { kind: 'literal'; type: EdmType; value: string | number | boolean | null }
  | { kind: 'word'; text: string }
  | { kind: 'mark'; text: string }

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/i
const DATE = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?/
const NUMBER = /^-?\d+(\.\d+)?/
const WORD = /^[A-Za-z_][A-Za-z0-9_]*(\/[A-Za-z_][A-Za-z0-9_]*)*/

/** Cuts a `$filter` into tokens. Text stands between quotes, a quote within doubled; everything else is bare. */
export function tokensOf(filter: string): Token[] {
  const tokens: Token[] = []
  let rest = filter.trimStart()
  while (rest !== '') {
    const [token, length] = nextToken(rest)
    tokens.push(token)
    rest = rest.slice(length).trimStart()
  }
  return tokens
}

function nextToken(rest: string): [Token, number] {
  if (rest.startsWith("'")) return textLiteral(rest)
  const guid = GUID.exec(rest)?.[0]
  if (guid !== undefined) return [{ kind: 'literal', type: 'guid', value: guid.toLowerCase() }, guid.length]
  const date = DATE.exec(rest)?.[0]
  if (date !== undefined) return [{ kind: 'literal', type: 'date', value: instantOf(date) }, date.length]
  const number = NUMBER.exec(rest)?.[0]
  if (number !== undefined) return [{ kind: 'literal', type: 'number', value: Number(number) }, number.length]
  const word = WORD.exec(rest)?.[0]
  if (word === 'true' || word === 'false') {
    return [{ kind: 'literal', type: 'boolean', value: word === 'true' }, word.length]
  }
  if (word === 'null') return [{ kind: 'literal', type: 'null', value: null }, 4]
  if (word !== undefined) return [{ kind: 'word', text: word }, word.length]
  if (/^[(),]/.test(rest)) return [{ kind: 'mark', text: rest.charAt(0) }, 1]
  throw invalid(`Syntax error at position 0 in '${rest}'.`)
}

function textLiteral(rest: string): [Token, number] {
  const quoted = /^'((?:[^']|'')*)'/.exec(rest)
  if (quoted === null) throw invalid(`There is an unterminated string literal at position 0 in '${rest}'.`)
  return [{ kind: 'literal', type: 'text', value: (quoted[1] ?? '').replaceAll("''", "'") }, quoted[0].length]
}

/** A date without an hour is that midnight in UTC. */
export function instantOf(date: string): number {
  const zoned = date.length === 10 ? `${date}T00:00:00Z` : /(Z|[+-]\d{2}:\d{2})$/.test(date) ? date : `${date}Z`
  const instant = Date.parse(zoned)
  if (Number.isNaN(instant)) throw invalid(`Unrecognized 'Edm.DateTimeOffset' literal '${date}'.`)
  return instant
}
