import type { ValidateFunction } from 'ajv'
import type { CatalogueTool } from '../contract/catalogue.ts'
import type { DecisionInput } from '../contract/decision-input.ts'
import type { Policy } from '../contract/evaluate.ts'
import { tokensOf } from '../contract/pointer.ts'
import type { CheckedErp } from '../validate/checked.ts'
import type { DecisionRow, ExampleCall } from '../validate/decision-table.ts'
import { isRead } from './reads.ts'
import { inputOf } from './row-input.ts'
import { spoil } from './spoiled.ts'

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
export function omissionsOf(
  source: OmissionSource,
  row: DecisionRow,
  call: ExampleCall,
  input: DecisionInput,
): Omission[] {
  const { checked, policy, reads } = source
  const tool = checked.catalogue.tools[row.does]
  if (tool === undefined) return []
  const excused = indifferentTo(checked.decisions.indifferent, row.does)
  const fed = factPointers(tool)
  const found = new Map<string, Omission>()
  const keep = (pointer: string, how: string, because: string): void => {
    if (!found.has(pointer)) found.set(pointer, { pointer, how, because })
  }

  const facts = structuredClone(input.facts)
  for (const { pointer, how } of spoil(call)) {
    const spoiled = guardedInput(source, row, call)
    if (spoiled === null || excused(pointer)) continue
    // An optional argument that is left out may make another call, whose facts are as sure as before.
    const lost = fed
      .filter((feed) => touches(feed.pointer, pointer) && !excused(`/facts/${feed.fact}`))
      .filter(({ fact }) => Reflect.get(spoiled.facts, fact) === null && Reflect.get(facts, fact) !== null)
    const read = pointer.startsWith('/args/') && isRead(reads, pointer)
    if ((lost.length === 0 && !read) || policy.decide(spoiled).effect !== 'allow') continue
    keep(pointer, how, lost[0] === undefined ? 'a rule reads it' : `\`${row.does}\` takes \`${lost[0].fact}\` from it`)
  }

  const whole = structuredClone(input)
  for (const { pointer, how } of spoil(whole)) {
    // Arguments have a schema of their own: they are spoiled above, in front of it.
    if (pointer.startsWith('/args') || excused(pointer)) continue
    const fact = /^\/facts\/([a-z_]+)$/.exec(pointer)?.[1]
    const declared = fact !== undefined && Object.hasOwn(tool.facts ?? {}, fact)
    if ((!declared && !isRead(reads, pointer)) || policy.decide(whole).effect !== 'allow') continue
    keep(pointer, how, declared ? `\`${row.does}\` declares it` : 'a rule reads it')
  }
  return [...found.values()]
}

/** What a server would build of a spoiled call; null where it refuses the arguments, or has no record to take facts from. */
function guardedInput(
  { checked, validArgs }: OmissionSource,
  row: DecisionRow,
  call: ExampleCall,
): DecisionInput | null {
  const { args, resolved }: { args: unknown; resolved: unknown } = call
  if (typeof args !== 'object' || args === null || !validArgs(args)) return null
  return typeof resolved === 'object' && resolved !== null ? inputOf(checked, row, call) : null
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
