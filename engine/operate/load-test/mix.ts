import { randomUUID } from 'node:crypto'
import { parseToolName } from '../../contract/vocabulary.ts'

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
  /** Told of a list that was answered: records that can be opened from now on. */
  saw(tool: string, data: unknown): void
}

/** Part of the steps that only list the tools again, and of those that open a record or enter one. */
const [LIST_TOOLS, OPEN, ENTER] = [0.05, 0.35, 0.15]
/** One entry in so many is above what an operator enters alone, and waits for consent. */
const LARGE_ONE_IN = 10
/** Stand in many names of companies and people; policies ask for three characters or more. */
const PARTS_OF_NAMES = ['ari', 'com', 'ind', 'mar']
const DAY_MS = 86_400_000
/** Ids of one kind that are remembered. */
const REMEMBERED = 50

/** The other side of each kind of title, as argument and as kind of record. */
const TITLES: Readonly<Record<string, { argument: string; party: string }>> = {
  create_account_payable: { argument: 'vendor_id', party: 'vendor' },
  create_account_receivable: { argument: 'customer_id', party: 'customer' },
}

export function mixOf({ tools, writes, random = Math.random, now = Date.now }: MixOptions): Mix {
  const known = new Map<string, string[]>()
  const reads = tools.filter(({ annotations }) => annotations?.readOnlyHint === true)
  const lists = reads.filter(({ inputSchema }) => (inputSchema.required ?? []).length === 0)
  // This one waits on purpose.
  const opens = reads.filter(({ name }) => /_by_id$/.test(name) && name !== 'get_approval_by_id')
  const enters = writes ? tools.filter(({ name }) => TITLES[name] !== undefined) : []

  const pick = <Value>(values: readonly Value[]): Value | undefined => values[Math.floor(random() * values.length)]
  const idOf = (kind: string): string | undefined => pick(known.get(kind) ?? [])
  const listing = (tool: SeenTool | undefined): Step => {
    if (tool === undefined) return { does: 'list_tools' }
    // Policies refuse to list people without a filter.
    const args =
      tool.inputSchema.properties?.['name_contains'] === undefined ? {} : { name_contains: pick(PARTS_OF_NAMES) }
    return { does: 'call', tool: tool.name, args }
  }
  const listed = (): Step => listing(pick(lists))
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
    const [party, category] = [title && idOf(title.party), idOf('category')]
    if (title === undefined || party === undefined || category === undefined) return needed(title?.party)
    const large = random() * LARGE_ONE_IN < 1
    const amount = Math.round((large ? 60_000 : 10) * 100 + random() * 90_000) / 100
    const [today, due_date] = [0, 30].map((days) => new Date(now() + days * DAY_MS).toISOString().slice(0, 10))
    const reference = `load-${randomUUID().slice(0, 12)}`
    return {
      does: 'call',
      tool,
      args: {
        ...{ reference, [title.argument]: party, amount, due_date, category_id: category },
        ...(chosen?.inputSchema.properties?.['accrual_date'] === undefined ? {} : { accrual_date: today }),
      },
    }
  }
  /** Nobody enters a bill before looking up whose it is. */
  function needed(party: string | undefined): Step {
    const missing = [party, 'category'].find((kind) => kind !== undefined && !known.has(kind))
    const tool = lists.find(({ name }) => kindOf(name) === missing)
    return tool === undefined ? listed() : listing(tool)
  }

  return {
    next() {
      const die = random()
      if (die < LIST_TOOLS) return { does: 'list_tools' }
      if (die < LIST_TOOLS + OPEN) return opened()
      return enters.length > 0 && die < LIST_TOOLS + OPEN + ENTER ? entered() : listed()
    },
    saw(tool, data) {
      if (!Array.isArray(data)) return
      const ids = data.flatMap((record: { id?: unknown } | null) => (typeof record?.id === 'string' ? [record.id] : []))
      if (ids.length > 0) known.set(kindOf(tool), ids.slice(0, REMEMBERED))
    },
  }
}

function kindOf(tool: string): string {
  return parseToolName(tool)?.entity ?? tool
}
