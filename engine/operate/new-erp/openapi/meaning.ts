import type { ArgumentMap, Confirm, FactsMap, RecordMap, ResolveStep, ToolMap } from '../../../contract/tool.ts'
import type { UniversalTool } from '../../../contract/universal/tool-kind.ts'

/** What a tool is: what bears on a decision about it, and how it is seen to be done. */
export type Meaning = Pick<ToolMap, 'resolve' | 'facts' | 'confirm'>

/** Reads that the ERP offers, with the record each answers. */
export type Reads = ReadonlyMap<string, RecordMap>

/**
 * Facts, reads before and reads after of a tool; a text says what is missing for it. What moves money to or from a
 * record that is only named has to look at that record first.
 */
export function meaningOf(
  name: string,
  tool: UniversalTool,
  args: readonly ArgumentMap[],
  reads: Reads,
): Meaning | string {
  const sent = new Set(args.flatMap((arg) => ('from' in arg ? [arg.from] : [])))
  if (tool.answer === 'list') {
    const filtered = sent.has('/name_contains') ? { filtered: { any: ['/args/name_contains'] } } : {}
    return { facts: { rows: '/args/page_size', ...filtered } }
  }
  if (tool.effect === 'read') return {}
  if (name === 'create_payment') return settling('payable', 'vendor', sent, reads)
  if (name === 'create_receipt') return settling('receivable', 'customer', sent, reads)
  const account = /^(create|update|delete)_account_(payable|receivable)$/.exec(name)
  if (account === null) return party(name, tool, sent)
  const kind = account[2] === 'payable' ? 'payable' : 'receivable'
  return account[1] === 'create' ? entering(kind, sent) : changing(kind, account[1] === 'update', sent, reads)
}

type Kind = 'payable' | 'receivable'
const partyOf = (kind: Kind): string => (kind === 'payable' ? 'vendor_id' : 'customer_id')

function party(name: string, tool: UniversalTool, sent: ReadonlySet<string>): Meaning {
  const facts: FactsMap = {}
  if (tool.args.includes('reference!')) facts.idempotency_key = '/args/reference'
  else if (tool.entity === 'customer' || tool.entity === 'vendor') facts.counterparty = '/args/id'
  if (name.startsWith('update_') && [...sent].some((from) => from.startsWith('/bank/'))) {
    facts.bank_change = { present: '/args/bank' }
  }
  return Object.keys(facts).length === 0 ? {} : { facts }
}

function entering(kind: Kind, sent: ReadonlySet<string>): Meaning {
  const facts: FactsMap = {
    amount: { sum: ['/args/amount'] },
    counterparty: `/args/${partyOf(kind)}`,
    due_date: '/args/due_date',
    idempotency_key: '/args/reference',
  }
  for (const name of ['issue_date', 'accrual_date'] as const) if (sent.has(`/${name}`)) facts[name] = `/args/${name}`
  if (sent.has('/cost_center_id')) facts.cost_center = '/args/cost_center_id'
  return { facts }
}

function changing(kind: Kind, updates: boolean, sent: ReadonlySet<string>, reads: Reads): Meaning | string {
  const record = reads.get(`get_account_${kind}_by_id`)
  const missing = lacking(record, kind, [`/${partyOf(kind)}`, '/amount'])
  if (record === undefined || missing !== null) return missing ?? ''
  const at = (field: string): string => `/resolved/${kind}/${field}`
  const facts: FactsMap = {
    amount: updates && sent.has('/amount') ? { first: ['/args/amount', at('amount')] } : { sum: [at('amount')] },
    counterparty: at(partyOf(kind)),
  }
  for (const name of ['due_date', 'issue_date', 'accrual_date'] as const) {
    if (record.fields[`/${name}`] !== undefined) facts[name] = at(name)
  }
  if (updates) facts.idempotency_key = '/args/reference'
  return { resolve: [lookedUp(kind, '/args/id', record, ['open', 'overdue'])], facts }
}

function settling(kind: Kind, other: 'vendor' | 'customer', sent: ReadonlySet<string>, reads: Reads): Meaning | string {
  const read = `get_account_${kind}_by_id`
  const record = reads.get(read)
  const missing = lacking(record, kind, [`/${partyOf(kind)}`, '/open_amount'])
  if (record === undefined || missing !== null) return missing ?? ''
  const more = ['interest', 'fine'].filter((name) => sent.has(`/${name}`)).map((name) => `/args/${name}`)
  const open = `/resolved/${kind}/open_amount`
  const resolve = [lookedUp(kind, `/args/${kind}_id`, record, ['open', 'overdue', 'partial'])]
  // It shows the bank data: a change of it holds payments.
  const whom = reads.get(`get_${other}_by_id`)
  if (whom !== undefined && Object.keys(whom.fields).some((field) => field.startsWith('/bank/'))) {
    resolve.push({ as: other, tool: `get_${other}_by_id`, args: { id: `/resolved/${kind}/${partyOf(kind)}` } })
  }
  const confirm: Confirm = {
    tool: read,
    args: { id: `/args/${kind}_id` },
    checks: [{ pointer: '/open_amount', since: open, fellBy: '/args/amount' }],
    attempts: 5,
    waitMs: 300,
  }
  return {
    resolve,
    facts: {
      amount: { sum: ['/args/amount', ...more] },
      open_amount: { sum: [open, ...more] },
      counterparty: `/resolved/${kind}/${partyOf(kind)}`,
      ...(record.fields['/due_date'] === undefined ? {} : { due_date: `/resolved/${kind}/due_date` }),
      accrual_date: '/args/date',
      idempotency_key: '/args/reference',
    },
    confirm,
  }
}

function lookedUp(kind: Kind, id: string, record: RecordMap, wanted: readonly string[]): ResolveStep {
  const step: ResolveStep = { as: kind, tool: `get_account_${kind}_by_id`, args: { id } }
  const status = record.fields['/status']
  const known = status !== undefined && 'map' in status ? Object.values(status.map ?? {}) : []
  const states = wanted.filter((state) => known.includes(state))
  return states.length === 0 ? step : { ...step, expect: { '/status': states } }
}

/** Why a record does not tell what has to be known before it is changed or settled. */
function lacking(record: RecordMap | undefined, kind: Kind, fields: readonly string[]): string | null {
  if (record === undefined) return `it has to look at the ${kind} first, and nothing reads one`
  const missing = fields.filter((field) => record.fields[field] === undefined)
  if (missing.length === 0) return null
  return `it has to look at the ${kind} first, whose record has no ${missing.map((field) => `\`${field.slice(1)}\``).join(', ')}`
}
