import type { ToolMap } from '../../contract/tool.ts'
import { ARGUMENTS } from '../../contract/universal/argument.ts'
import { UNIVERSAL_TOOLS } from '../../contract/universal/tool.ts'
import { suggest } from '../nearest.ts'
import { pointerOf } from '../place.ts'
import { isRequired, propertiesOf, propertySchema } from '../schema-path.ts'
import type { ToolContext } from './tool.ts'

/** `reason` is for the ledger, in every ERP; no ERP takes it. */
const KEPT = new Set(['/reason'])
const PAGE = ['/page', '/page_size']

/** Each argument of the universal tool goes somewhere, or is listed in `without`: none is silently dropped. */
export function checkArgumentsUsed(context: ToolContext): void {
  const { erp, tool, at, report } = context
  if (erp.kind === 'mcp') return
  checkWithout(context)
  // A list without paging has its own finding.
  const paged = tool.answerKind === 'list' ? PAGE : []
  const used = [...usedArguments(tool), ...paged]
  for (const pointer of leaves(context)) {
    if (KEPT.has(pointer) || used.some((each) => covers(each, pointer))) continue
    const message = `argument \`${pointer}\` of \`${tool.name}\` would be silently dropped`
    const required = isRequired(tool.input, pointer.slice(1))
    const name = pointer.slice(1)
    const help = required ? 'map it under `args`' : `map it under \`args\`, or add \`${name}\` to \`without\``
    report.atKey(at, { code: 'ARGUMENT_DROPPED', message, help })
  }
}

function checkWithout({ tool, at, report }: ToolContext): void {
  const entries = UNIVERSAL_TOOLS[tool.name]?.args ?? []
  const names = entries.map((entry) => entry.replace('!', ''))
  for (const [index, name] of (tool.without ?? []).entries()) {
    const [top = '', part] = name.split('/')
    const parts = propertiesOf(ARGUMENTS[top] ?? {})
    const pointer = `${at}${pointerOf('without', index)}`
    if (!names.includes(top)) {
      const message = `\`${name}\` is no argument of \`${tool.name}\``
      report.at(pointer, { code: 'WITHOUT_UNKNOWN', message, help: suggest(name, names, 'argument') })
    } else if (part !== undefined && !parts.includes(part)) {
      const message = `\`${part}\` is no part of argument \`${top}\``
      report.at(pointer, { code: 'WITHOUT_UNKNOWN', message, help: suggest(part, parts, 'part') })
    } else if (entries.includes(`${name}!`)) {
      const message = `argument \`${name}\` is required: an ERP that cannot take it does not have this tool`
      report.at(pointer, { code: 'WITHOUT_REQUIRED', message, help: 'map it, or remove the tool' })
    }
  }
}

/** Pointers of the arguments; of one that is an object, of its parts. */
function leaves({ tool }: ToolContext): string[] {
  return propertiesOf(tool.input).flatMap((name) => {
    const parts = propertiesOf(propertySchema(tool.input, name))
    return parts.length === 0 ? [pointerOf(name)] : parts.map((part) => pointerOf(name, part))
  })
}

function covers(used: string, pointer: string): boolean {
  return used === '' || used === pointer || pointer.startsWith(`${used}/`) || used.startsWith(`${pointer}/`)
}

/** Pointers into the arguments of everything that reads one. */
function usedArguments(tool: ToolMap): string[] {
  const maps = [...tool.args, ...(tool.merge?.args ?? [])].flatMap((arg) => {
    if ('from' in arg) return [arg.from]
    if ('each' in arg) return [arg.each]
    return 'fact' in arg ? argumentIn(arg.fact) : []
  })
  const resolve = (tool.resolve ?? []).flatMap((step) => [
    ...Object.values(step.args),
    ...(step.each === undefined ? [] : [step.each]),
  ])
  const facts = Object.entries(tool.facts ?? {}).flatMap(([name, value]) =>
    name === 'bank_change' ? [] : texts(value),
  )
  const paging = tool.paging === undefined ? [] : PAGE
  return [...maps, ...paging, ...[...resolve, ...facts].flatMap(argumentIn)]
}

function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : []
}

function argumentIn(pointer: string): string[] {
  return pointer.startsWith('/args/') ? [pointer.slice('/args'.length)] : []
}
