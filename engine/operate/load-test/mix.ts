import { randomUUID } from 'node:crypto'
import { kindOf, memoryOfRecords, TITLES } from './seen-records.ts'

/** A tool as `tools/list` tells of it. */
export interface SeenTool {
  name: string
  inputSchema: { required?: readonly string[] | undefined; properties?: Readonly<Record<string, unknown>> | undefined }
  annotations?: { readOnlyHint?: boolean | undefined } | undefined
}

/** One thing a user does. */
export type Step = { does: 'list_tools' } | { does: 'call'; tool: string; args: Record<string, unknown> }

export interface MixOptions {
  tools: readonly SeenTool[]
  /** Whether records may be made: never against a server that was not started for this. */
  writes: boolean
  /** From 0 to below 1. Default Math.random. */
  random?: () => number
  now?: () => number
}

/** What one user does, one step after the other: looks at lists, opens records it saw there, and enters some. */
export interface Mix {
  next(): Step
  /** Told of what was answered: records that can be opened, and names that can be searched for, from now on. */
  saw(tool: string, data: unknown): void
}

/** Part of the steps that only list the tools again, and of those that open a record or enter one. */
const [LIST_TOOLS, OPEN, ENTER] = [0.05, 0.35, 0.15]
/** One entry in so many is above what an operator enters alone, and waits for consent. */
const LARGE_ONE_IN = 10
/** Stand in many names of companies and people, for whoever has seen none yet; policies ask for three characters or more. */
const PARTS_OF_NAMES = ['ari', 'com', 'ind', 'mar']
/** Policies that lock a period ask of a title when it was issued, or which period it belongs to. */
const DATES = ['issue_date', 'accrual_date']
const DAY_MS = 86_400_000
export function mixOf({ tools, writes, random = Math.random, now = Date.now }: MixOptions): Mix {
  const memory = memoryOfRecords()
  const { known, names, titles } = memory
  const reads = tools.filter(({ annotations }) => annotations?.readOnlyHint === true)
  const lists = reads.filter(({ inputSchema }) => (inputSchema.required ?? []).length === 0)
  // This one waits on purpose.
  const opens = reads.filter(({ name }) => /_by_id$/.test(name) && name !== 'get_approval_by_id')
  const enters = writes ? tools.filter(({ name }) => TITLES[name] !== undefined) : []

  const pick = <Value>(values: readonly Value[]): Value | undefined => values[Math.floor(random() * values.length)]
  const idOf = (kind: string): string | undefined => pick(known.get(kind) ?? [])
  const searches = ({ inputSchema }: SeenTool): boolean => inputSchema.properties?.['name_contains'] !== undefined
  const listing = (tool: SeenTool | undefined): Step => {
    if (tool === undefined) return { does: 'list_tools' }
    // Policies refuse to list people without a filter.
    const args = searches(tool) ? { name_contains: pick(names.get(kindOf(tool.name)) ?? PARTS_OF_NAMES) } : {}
    return { does: 'call', tool: tool.name, args }
  }
  /** Whether titles can be listed that tell of such people: then nobody searches blindly. */
  const told = ({ name }: SeenTool): boolean =>
    lists.some((list) => TITLES[`create_${kindOf(list.name)}`]?.party === kindOf(name))
  const listed = (): Step => {
    return listing(pick(lists.filter((tool) => !searches(tool) || names.has(kindOf(tool.name)) || !told(tool))))
  }
  function opened(): Step {
    const ready = opens.filter(({ name }) => (known.get(kindOf(name))?.length ?? 0) > 0)
    const tool = pick(ready)
    const id = tool === undefined ? undefined : idOf(kindOf(tool.name))
    return tool === undefined || id === undefined ? listed() : { does: 'call', tool: tool.name, args: { id } }
  }
  function entered(): Step {
    const chosen = pick(enters)
    const tool = chosen?.name ?? ''
    const title = TITLES[tool]
    const like = pick(titles.get(kindOf(tool)) ?? [])
    const [party, category] = [like?.party ?? (title && idOf(title.party)), like?.category ?? idOf('category')]
    if (title === undefined || party === undefined) return lookedUp([kindOf(tool), title?.party])
    if (category === undefined) return lookedUp(['category'])
    const takesAccount = chosen?.inputSchema.properties?.['account_id'] !== undefined
    // Some ERPs insist on the account that it will be paid from; where nobody lists any, it is left out.
    if (takesAccount && !known.has('bank_account') && lists.some(({ name }) => kindOf(name) === 'bank_account')) {
      return lookedUp(['bank_account'])
    }
    const account = takesAccount ? idOf('bank_account') : undefined
    const large = random() * LARGE_ONE_IN < 1
    const amount = Math.round((large ? 60_000 : 10) * 100 + random() * 90_000) / 100
    const [today, due_date] = [0, 30].map((days) => new Date(now() + days * DAY_MS).toISOString().slice(0, 10))
    const reference = `load-${randomUUID().slice(0, 12)}`
    return {
      does: 'call',
      tool,
      args: {
        ...{ reference, [title.argument]: party, amount, due_date, category_id: category },
        ...(account === undefined ? {} : { account_id: account }),
        ...Object.fromEntries(
          DATES.flatMap((date) => (chosen?.inputSchema.properties?.[date] === undefined ? [] : [[date, today]])),
        ),
      },
    }
  }
  /** Nobody enters a bill before looking up whose it is: from one that was seen, or from a list of parties. */
  function lookedUp(kinds: readonly (string | undefined)[]): Step {
    const candidates = kinds.flatMap((kind) =>
      lists.filter(({ name }) => kindOf(name) === kind && !known.has(kindOf(name))),
    )
    return candidates[0] === undefined ? listed() : listing(candidates[0])
  }

  return {
    next() {
      const die = random()
      if (die < LIST_TOOLS) return { does: 'list_tools' }
      if (die < LIST_TOOLS + OPEN) return opened()
      return enters.length > 0 && die < LIST_TOOLS + OPEN + ENTER ? entered() : listed()
    },
    saw: memory.saw,
  }
}
