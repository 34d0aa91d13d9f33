import type { SensitiveKind } from '../vocabulary.ts'
import type { PersonalSeen } from './seen.ts'
import { show } from './show.ts'

/**
 * Content blocks of an upstream's answer (MCP 2025-11-25, tools: result) without personal values of these kinds in their
 * texts. Pictures and sound are given as they are: what can be read in them is not looked at.
 * @returns `masked`: `content/*` for what was hidden, by its place in the blocks
 */
export function showContent(
  content: readonly unknown[],
  hidden: ReadonlySet<SensitiveKind>,
): { content: unknown[]; masked: string[]; seen: PersonalSeen[] } {
  const blocks = content.map((block) => shownBlock(block, hidden))
  return {
    content: blocks.map(({ data }) => data),
    masked: [...new Set(blocks.flatMap(({ masked }) => masked.map((pointer) => `content/*${pointer}`)))].sort(),
    seen: blocks.flatMap(({ seen }) => seen.map((one) => ({ ...one, field: `content/*${one.field}` }))),
  }
}

const BYTES = new Set(['data', 'blob', 'mimeType', 'type'])

function shownBlock(block: unknown, hidden: ReadonlySet<SensitiveKind>): ReturnType<typeof show> {
  const rules = { sensitive: [], mask: [], hidden }
  if (typeof block !== 'object' || block === null || Array.isArray(block)) return show(block, rules)
  const masked: string[] = []
  const seen: PersonalSeen[] = []
  const shown = Object.entries(block).map(([name, value]): [string, unknown] => {
    if (BYTES.has(name)) return [name, value]
    // An embedded resource is a block within the block.
    const part = name === 'resource' ? shownBlock(value, hidden) : show({ [name]: value }, rules)
    const prefix = name === 'resource' ? '/resource' : ''
    masked.push(...part.masked.map((pointer) => `${prefix}${pointer}`))
    seen.push(...part.seen.map((one) => ({ ...one, field: `${prefix}${one.field}` })))
    return [name, name === 'resource' ? part.data : under(part.data, name)]
  })
  return { data: Object.fromEntries(shown), masked, seen }
}

function under(data: unknown, name: string): unknown {
  return typeof data === 'object' && data !== null ? Reflect.get(data, name) : undefined
}
