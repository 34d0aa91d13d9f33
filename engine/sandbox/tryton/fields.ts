import { keyError } from './errors.ts'
import type { Field } from './model.ts'
import { modelOf, type Row, type Store } from './store.ts'
import { type DecimalValue, decimalOf, isDecimal, minus, type Value } from './values.ts'

/** The database as one account sees it. */
export interface View {
  store: Store
  /** The account's company: other companies' records are out of its sight, whatever a context says. */
  company: number | null
}

const idField: Field = { kind: 'integer', label: 'ID' }

/** @throws as the ERP does for a name it does not know */
export function fieldOf(model: string, name: string): Field {
  if (name === 'id') return idField
  const { fields } = modelOf(model)
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined
  if (field === undefined) throw keyError(name)
  return field
}

/** The value of one field, stored or not. */
export function fieldValue(view: View, model: string, row: Row, name: string): Value {
  const field = fieldOf(model, name)
  if (field.kind === 'computed') return computed(view, model, row, name)
  if (field.kind === 'set' && field.inverse !== undefined)
    return idsBehind(view.store, field.target, field.inverse, row.id)
  if (field.kind === 'set') return Array.isArray(row[name]) ? row[name] : []
  return row[name] ?? null
}

function idsBehind(store: Store, target: string, inverse: string, id: number): number[] {
  const ids = [...store.table(target).values()].filter((row) => row[inverse] === id).map((row) => row.id)
  return modelOf(target).order[0]?.[1] === 'DESC' ? ids.reverse() : ids
}

function computed(view: View, model: string, row: Row, name: string): Value {
  const { store } = view
  if (model === 'party.party') return firstMechanism(store, row.id, name)
  if (model === 'account.configuration')
    return defaultAccount(view, name === 'default_account_payable' ? 'payable' : 'receivable')
  if (model === 'account.payment') return follow(store, 'account.payment.journal', row['journal'])?.['currency'] ?? null
  if (name === 'payment_amount') return openAmount(store, row)
  const move = follow(store, 'account.move', row['move'])
  return move?.[name === 'move_state' ? 'state' : name] ?? null
}

function firstMechanism(store: Store, party: number, type: string): string {
  const all = [...store.table('party.contact_mechanism').values()]
  const value = all.find((one) => one['party'] === party && one['type'] === type)?.['value']
  return typeof value === 'string' ? value : ''
}

function defaultAccount({ store, company }: View, side: 'payable' | 'receivable'): number | null {
  const accounts = [...store.table('account.account').values()].filter((account) => account['company'] === company)
  const found = accounts.find((account) => follow(store, 'account.account.type', account['type'])?.[side] === true)
  return found?.id ?? null
}

/** What is left of a line once every payment on it that did not fail is taken off; drafts count. */
function openAmount(store: Store, line: Row): DecimalValue | null {
  const account = follow(store, 'account.account', line['account'])
  const type = follow(store, 'account.account.type', account?.['type'])
  if (type?.['payable'] !== true && type?.['receivable'] !== true) return null
  const difference = minus(asDecimal(line['credit']), asDecimal(line['debit']))
  const size = decimalOf(difference.decimal.replace('-', ''))
  const payments = [...store.table('account.payment').values()]
  return payments
    .filter((payment) => payment['line'] === line.id && payment['state'] !== 'failed')
    .reduce((open, payment) => minus(open, asDecimal(payment['amount'])), size)
}

export function asDecimal(value: Value | undefined): DecimalValue {
  return isDecimal(value) ? value : decimalOf('0')
}

/** The record a reference points to; undefined for an empty or dangling one. */
export function follow(store: Store, target: string, id: Value | undefined): Row | undefined {
  return typeof id === 'number' ? store.table(target).get(id) : undefined
}

/** Whether the account sees this record at all. */
export function isVisible(view: View, model: string, row: Row): boolean {
  const { company } = modelOf(model)
  return company === undefined || view.company === null || fieldValue(view, model, row, company) === view.company
}
