import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runCompiler } from './compiler/run.ts'

/** A node of OPA's syntax tree with its place; which fields it has besides depends on what it is. */
export interface LocatedNode {
  location: { row: number; col: number; text: string }
  [field: string]: unknown
}

/** The rules of one file, with the place of everything in them. */
export interface LocatedFile {
  path: string
  text: string
  rules: LocatedNode[]
  /** Where a node begins and ends in the file's text, in UTF-16 code units; null where its text is not to be found there. */
  spanOf(node: LocatedNode): Span | null
}

export interface Span {
  start: number
  end: number
  /** 1-based. */
  line: number
  /** 1-based, in UTF-16 code units. */
  column: number
}

/**
 * Syntax trees with places. OPA gives places to `opa parse` alone, a process for each file: so the files are written one
 * after the other into one, without their package lines, and told apart again by line.
 * @returns null when one of them does not parse (`opa check` and `opa test` say which)
 */
export async function parseLocated(
  files: Readonly<Record<string, string>>,
  compiler: string,
  dir: string,
): Promise<LocatedFile[] | null> {
  const joined = join(dir, 'joined.rego')
  const parts = Object.entries(files).map(([path, text]) => ({ path, text, lines: text.split('\n') }))
  const blanked = parts.map(({ lines }) => lines.map(withoutPackage).join('\n'))
  await writeFile(joined, `package joined\n${blanked.join('\n')}`)
  const args = ['parse', '--format', 'json', '--json-include', 'locations', joined]
  const { code, stdout } = await runCompiler(compiler, args, { cwd: dir })
  if (code !== 0) return null
  const parsed: unknown = JSON.parse(stdout)
  const rules = isRecord(parsed) && Array.isArray(parsed['rules']) ? parsed['rules'].filter(isLocated) : []
  let above = 1
  return parts.map(({ path, text, lines }): LocatedFile => {
    const first = above
    above += lines.length
    const starts = [0]
    for (const line of lines) starts.push((starts.at(-1) ?? 0) + line.length + 1)
    return {
      path,
      text,
      rules: rules.filter(({ location }) => location.row > first && location.row <= first + lines.length),
      spanOf: ({ location }) => {
        const line = location.row - first
        const at = (starts[line - 1] ?? 0) + unitsOf(lines[line - 1] ?? '', location.col - 1)
        const written = textOf(location.text)
        // What stands in parentheses has the column of what is within them.
        const start = [at, at - 1, at - 2, at - 3].find((from) => text.startsWith(written, from))
        if (start === undefined) return null
        return { start, end: start + written.length, line, column: start - (starts[line - 1] ?? 0) + 1 }
      },
    }
  })
}

/** Every node of a tree that has a place, depth first. */
export function* locatedNodes(node: unknown): Generator<LocatedNode> {
  if (typeof node !== 'object' || node === null) return
  if (isLocated(node)) yield node
  for (const child of Object.values(node)) yield* locatedNodes(child)
}

export function isLocated(node: unknown): node is LocatedNode {
  return isRecord(node) && isRecord(node['location']) && typeof node['location']['text'] === 'string'
}

/** The text of a node as it is written. */
export function textOf(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8')
}

function withoutPackage(line: string): string {
  return /^package\s/.test(line) || /^# METADATA/.test(line) ? '#' : line
}

/** UTF-16 code units of so many code points of a line. */
function unitsOf(line: string, points: number): number {
  return [...line].slice(0, points).join('').length
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
