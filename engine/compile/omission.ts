import type { ValidateFunction } from 'ajv'
import type { CatalogueTool } from '../contract/catalogue.ts'
import type { DecisionInput } from '../contract/decision-input.ts'
import type { Policy } from '../contract/evaluate.ts'
import { tokensOf } from '../contract/pointer.ts'
import type { CheckedErp } from '../validate/checked.ts'
import type { DecisionRow } from '../validate/decision-table.ts'
import { isRead } from './reads.ts'
import { inputOf, type RowCall } from './row-input.ts'
import { spoiledOf } from './spoiled.ts'

/** Something that could be left out or spoiled, and the call was allowed all the same. */
export interface Omission {
  pointer: string
  how: string
  /** Why it should have mattered. */
  because: string
}

export interface OmissionSource {
  checked: Pick<CheckedErp, 'catalogue' | 'config' | 'decisions'>
  policy: Policy
  /** Pointers into `input` that the Rego reads. */
  reads: readonly string[]
  /** The tool's own schema of its arguments. */
  validArgs: ValidateFunction
}

/**
 * Spoils every place of an allowed call, in its arguments and records (facts are taken anew) and in the decision input
 * itself, behind the same guards as in a server. What is still allowed is reported where the tool declares a fact of
 * that place or a rule reads it, unless decisions.yaml says that it may be indifferent.
 */
export function omissionsOf(source: OmissionSource, row: DecisionRow, call: RowCall, input: DecisionInput): Omission[] {
  const { checked, policy, reads, validArgs } = source
  const tool = checked.catalogue.tools[row.does]
  if (tool === undefined) return []
  const excused = indifferentTo(checked.decisions.indifferent, row.does)
  const fed = factPointers(tool)
  const found = new Map<string, Omission>()
  const keep = (pointer: string, how: string, because: string | null): void => {
    if (because !== null && !found.has(pointer)) found.set(pointer, { pointer, how, because })
  }

  for (const { pointer, how, document } of spoiledOf(call)) {
    const facts = fed.filter((feed) => touches(feed.pointer, pointer)).map((feed) => feed.fact)
    const read = pointer.startsWith('/args/') && isRead(reads, pointer)
    if (facts.length === 0 && !read) continue
    if (excused(pointer) || (!read && facts.every((fact) => excused(`/facts/${fact}`)))) continue
    if (typeof document.args !== 'object' || document.args === null || !validArgs(document.args)) continue
    if (typeof document.resolved !== 'object' || document.resolved === null) continue
    const spoiled = inputOf(checked, row, document)
    if (spoiled === null || policy.decide(spoiled).effect !== 'allow') continue
    keep(pointer, how, facts.length > 0 ? `\`${row.does}\` takes \`${facts.join('`, `')}\` from it` : 'a rule reads it')
  }

  for (const { pointer, how, document } of spoiledOf(input)) {
    const fact = /^\/facts\/([a-z_]+)$/.exec(pointer)?.[1]
    const declared = fact !== undefined && Object.hasOwn(tool.facts ?? {}, fact)
    const read = isRead(reads, pointer)
    if ((!declared && !read) || excused(pointer)) continue
    if (policy.decide(document).effect !== 'allow') continue
    keep(pointer, how, declared ? `\`${row.does}\` declares it` : 'a rule reads it')
  }
  return [...found.values()]
}

function indifferentTo(table: CheckedErp['decisions']['indifferent'], tool: string): (pointer: string) => boolean {
  const pointers = Object.entries(table)
    .filter(([name]) => name === tool || (name.endsWith('*') && tool.startsWith(name.slice(0, -1))))
    .flatMap(([, reasons]) => Object.keys(reasons))
  return (pointer) => pointers.some((one) => pointer === one || pointer.startsWith(`${one}/`))
}

/** Where the tool's facts come from: fact and pointer into {args, resolved}. */
function factPointers(tool: CatalogueTool): { fact: string; pointer: string }[] {
  return Object.entries(tool.facts ?? {}).flatMap(([fact, map]: [string, unknown]) =>
    textsIn(map)
      .filter((text) => text.startsWith('/'))
      .map((pointer) => ({ fact, pointer })),
  )
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

/** True when spoiling a place bears on what a pointer (with `*`) reads. */
function touches(pointer: string, place: string): boolean {
  const [wanted, at] = [tokensOf(pointer), tokensOf(place)]
  const common = Math.min(wanted.length, at.length)
  return wanted.slice(0, common).every((token, index) => token === '*' || token === at[index])
}
