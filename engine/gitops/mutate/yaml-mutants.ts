import { isMap, isScalar, isSeq, LineCounter, type Pair, parseDocument, type Scalar, visit } from 'yaml'
import { keyOf, type Mutant } from './mutant.ts'

/**
 * Every small mistake that can be made in one YAML file: numbers, durations and days one step off, flags turned round, a
 * role taken for the next one, an element or a key left out.
 * @param roles names that stand for roles, in the order written
 */
export function yamlMutants(path: string, text: string, roles: readonly string[]): Mutant[] {
  const lines = new LineCounter()
  const { contents } = parseDocument(text, { lineCounter: lines, schema: 'core' })
  const mutants: Mutant[] = []
  const add = (kind: string, start: number, end: number, replacement: string): void => {
    const { line, col } = lines.linePos(start)
    mutants.push({ file: path, line, column: col, start, end, replacement, kind })
  }
  visit(contents, {
    Scalar(key, node) {
      if (key === 'key') return
      const [start = 0, end = 0] = node.range ?? []
      for (const [kind, replacement] of steps(node, text.slice(start, end), roles)) add(kind, start, end, replacement)
    },
    Seq(_, node) {
      const spans = node.items.map((item) => spanOf(item))
      for (const [start, end, rest] of leftOut(text, node.flow === true, spans))
        add('element dropped', start, end, rest)
    },
    Map(_, node) {
      const spans = node.items.map(pairSpan)
      for (const [start, end, rest] of leftOut(text, node.flow === true, spans)) add('key dropped', start, end, rest)
    },
  })
  return [...new Map(mutants.map((mutant) => [keyOf(mutant), mutant])).values()].sort((a, b) => a.start - b.start)
}

function* steps({ value }: Scalar, written: string, roles: readonly string[]): Generator<[string, string]> {
  if (typeof value === 'boolean') yield ['flag', value ? 'false' : 'true']
  if (typeof value === 'number') for (const next of numbersBeside(written)) yield ['number', next]
  if (typeof value !== 'string') return
  const quote = /^["']/.exec(written)?.[0] ?? ''
  const [, count, unit] = /^(\d+)([smhd])$/.exec(value) ?? []
  if (count !== undefined) {
    for (const step of [1, -1]) yield ['duration', `${quote}${Number(count) + step}${unit}${quote}`]
  }
  if (/^\d{4}-\d{2}-\d{2}$/.test(value))
    for (const step of [1, -1]) yield ['day', `${quote}${dayBeside(value, step)}${quote}`]
  const at = roles.indexOf(value)
  const next = roles[(at + 1) % roles.length]
  if (at >= 0 && next !== undefined && next !== value) yield ['role', `${quote}${next}${quote}`]
}

/** One step of the last digit that is written, up and down. */
function numbersBeside(written: string): string[] {
  if (!/^\d+(\.\d+)?$/.test(written)) return []
  const decimals = written.split('.')[1]?.length ?? 0
  return [1, -1].map((step) => (Number(written) + step / 10 ** decimals).toFixed(decimals))
}

function dayBeside(day: string, step: number): string {
  return new Date(Date.parse(`${day}T12:00:00Z`) + step * 86_400_000).toISOString().slice(0, 10)
}

type Span = [start: number, end: number]

function spanOf(node: unknown): Span | null {
  if (!isScalar(node) && !isMap(node) && !isSeq(node)) return null
  const range = node.range
  return range === null || range === undefined ? null : [range[0], range[1]]
}

function pairSpan({ key, value }: Pair): Span | null {
  const [first, last] = [spanOf(key), spanOf(value)]
  return first === null ? null : [first[0], (last ?? first)[1]]
}

/** For each item of a list or map, what to replace to be without it: start, end, replacement. */
function leftOut(text: string, flow: boolean, spans: readonly (Span | null)[]): [number, number, string][] {
  const items = spans.filter((span) => span !== null)
  const [first, last] = [items[0], items.at(-1)]
  if (first === undefined || last === undefined) return []
  return items.map(([start, end], at): [number, number, string] => {
    if (flow) {
      const rest = items.filter((_, other) => other !== at).map((span) => text.slice(...span))
      return [first[0], last[1], rest.join(', ')]
    }
    // Whole lines, the comment behind included.
    const from = text.lastIndexOf('\n', start - 1) + 1
    const to = text.indexOf('\n', Math.max(start, end - 1))
    return [from, to < 0 ? text.length : to + 1, '']
  })
}
