import { UNIVERSAL_TOOLS } from '../../contract/universal/tool.ts'
import { ENTITIES, parseToolName } from '../../contract/vocabulary.ts'
import { nearest } from '../nearest.ts'
import { pointerOf, type Reporter } from '../place.ts'

/** A tool of an ERP of kind api has a universal name; true when it has. */
export function checkToolName(name: string, report: Reporter): boolean {
  if (Object.hasOwn(UNIVERSAL_TOOLS, name)) return true
  report.atKey(pointerOf('tools', name), {
    code: 'TOOL_NAME',
    message: `\`${name}\` is no universal tool name: ${reasonFor(name)}`,
    help: helpFor(name),
  })
  return false
}

function reasonFor(name: string): string {
  if (!/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(name)) return 'expected snake_case'
  const plural = Object.entries(ENTITIES).find(([, many]) => name.endsWith(`_${many}`) || name.includes(`_${many}_by`))
  if (plural !== undefined) return 'the plural stands only before `_list`'
  if (parseToolName(name) === null)
    return 'expected {get,create,update,delete,search}_{entity}[_{modifier}] of the closed vocabulary'
  return 'the vocabulary does not say what it does'
}

function helpFor(name: string): string {
  const snake = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll('-', '_')
    .toLowerCase()
  const candidates = [snake, `${snake}_list`].filter((candidate) => Object.hasOwn(UNIVERSAL_TOOLS, candidate))
  const near = candidates[0] ?? nearest(snake, Object.keys(UNIVERSAL_TOOLS))
  if (near !== null) return `did you mean \`${near}\`?`
  const entity = parseToolName(snake)?.entity
  const same = Object.entries(UNIVERSAL_TOOLS).filter(([, tool]) => tool.entity === entity)
  return same.length === 0
    ? 'use a name of engine/contract/universal/tool.ts'
    : `known for this entity: ${same.map(([known]) => `\`${known}\``).join(', ')}`
}
