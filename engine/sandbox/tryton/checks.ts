import type { Pen } from './access.ts'
import { isCnpj, isCpf } from './documents.ts'
import { UserError } from './errors.ts'
import { asDecimal, fieldOf, fieldValue, follow, type View } from './fields.ts'
import type { Field } from './model.ts'
import { modelOf, type Row, type Store } from './store.ts'
import { compare, type DecimalValue, dateOf, decimalOf, decimalsOf, isDecimal, minus, type Value } from './values.ts'

/** Fills in what the ERP fills in where a new record leaves it out. */
export function prepareRow(pen: Pen, model: string, values: Record<string, Value>): Record<string, Value> {
  const { store, company } = pen.view
  const today = dateOf(pen.today)
  switch (model) {
    case 'party.party':
      return { active: true, code: String(store.next('party')), ...values }
    case 'account.payment':
      return { company, kind: 'payable', date: today, state: 'draft', ...values }
    case 'account.move': {
      const owner = values['company'] ?? company
      const period = currentPeriod(store, owner, today)
      return { company, date: today, period, state: 'draft', number: String(store.next('move')), ...values }
    }
    case 'account.move.line':
      return { debit: decimalOf('0'), credit: decimalOf('0'), payment_blocked: false, ...values }
    default:
      return values
  }
}

/** The period of today, not of the record's own date. */
function currentPeriod(store: Store, company: Value, today: Value): number | null {
  const periods = [...store.table('account.period').values()].filter((period) => period['company'] === company)
  return periods.find((period) => within(period, today))?.id ?? null
}

function within(period: Row, date: Value): boolean {
  return (compare(period['start_date'], date) ?? 1) <= 0 && (compare(period['end_date'], date) ?? -1) >= 0
}

/** @throws the first rule that the record breaks, in the ERP's words */
export function checkRow(view: View, model: string, row: Row): void {
  const { fields, label } = modelOf(model)
  for (const [name, field] of Object.entries(fields)) checkField(view, model, row, name, field, label)
  if (model === 'party.party') checkCode(view.store, row)
  if (model === 'party.identifier') checkIdentifier(view.store, row)
  if (model === 'account.payment') checkPaymentLine(view, row)
  if (model === 'account.move') checkMove(view.store, row)
  if (model === 'account.move.line') checkLine(view.store, row)
}

function checkField(view: View, model: string, row: Row, name: string, field: Field, label: string): void {
  const value = row[name] ?? null
  if ('required' in field && field.required && (value === null || value === '')) {
    throw new UserError(`A value is required for field "${field.label}" in "${label}".`)
  }
  if (field.kind === 'selection' && !field.options.some((option) => option === value)) {
    if (value === null) return
    throw new UserError(
      `The value "${String(value)}" for field "${field.label}" in "${label}" is not one of the allowed options.`,
    )
  }
  if (field.kind === 'numeric' && isDecimal(value) && decimalsOf(value) > field.decimals) {
    const shown = `The number of digits in the value "Decimal('${value.decimal}')" for field "${field.label}" in "${label}"`
    throw new UserError(`${shown} exceeds the limit of "${field.decimals}".`)
  }
  if (field.kind === 'reference' && field.sameCompany) {
    const owner = fieldValue(view, model, row, 'company')
    if (follow(view.store, field.target, value)?.['company'] !== owner)
      throw outsideDomain(model, name, ['company', '=', owner])
  }
}

function outsideDomain(model: string, field: string, clause: unknown[]): UserError {
  const { label } = fieldOf(model, field)
  const text = `The value for field "${label}" in "${modelOf(model).label}" is not valid according to its domain.`
  // The ERP sends many KB of field definitions here; their presence is what a client has to bear.
  return new UserError(text, [[clause], { [String(clause[0])]: { name: clause[0], string: label } }])
}

function checkCode(store: Store, party: Row): void {
  const same = [...store.table('party.party').values()].filter((other) => other['code'] === party['code'])
  if (same.length > 1) throw new UserError('The code on party must be unique.')
}

function checkIdentifier(store: Store, { type, code, party }: Row): void {
  const valid = type === 'br_cnpj' ? isCnpj(String(code)) : type === 'br_cpf' ? isCpf(String(code)) : true
  if (valid) return
  const kind = type === 'br_cnpj' ? 'Company' : 'National'
  const name = follow(store, 'party.party', party)?.['name'] ?? ''
  throw new UserError(`The Brazillian ${kind} Identifier "${String(code)}" for party "${String(name)}" is not valid.`)
}

function checkPaymentLine(view: View, payment: Row): void {
  if (payment['line'] === null || payment['line'] === undefined) return
  const line = follow(view.store, 'account.move.line', payment['line'])
  const wrong = (clause: unknown[]): UserError => outsideDomain('account.payment', 'line', clause)
  if (line === undefined || fieldValue(view, 'account.move.line', line, 'company') !== payment['company']) {
    throw wrong(['move.company', '=', payment['company']])
  }
  if (line['party'] !== payment['party']) throw wrong(['party', 'in', [payment['party'], null]])
  if (fieldValue(view, 'account.move.line', line, 'move_state') !== 'posted') throw wrong(['move_state', '=', 'posted'])
}

function checkMove(store: Store, move: Row): void {
  const period = follow(store, 'account.period', move['period'])
  if (period !== undefined && !within(period, move['date'] ?? null)) {
    const number = String(move['number'])
    throw new UserError(`The date of move "${number}" is outside the period, you must change the date or the period.`)
  }
}

function checkLine(store: Store, line: Row): void {
  const account = follow(store, 'account.account', line['account'])
  const name = `${String(account?.['code'])} - ${String(account?.['name'])}`
  if (account?.['party_required'] === true && (line['party'] ?? null) === null) {
    throw new UserError('A value is required for field "Party" in "Account Move Line".')
  }
  if (account?.['party_required'] !== true && (line['party'] ?? null) !== null) {
    throw new UserError(`To create a line on account "${name}", you must remove the party on line "(${name})".`)
  }
}

/** @throws when the lines of the move do not add up to zero, or there are none */
export function checkBalanced(store: Store, move: Row): void {
  const lines = [...store.table('account.move.line').values()].filter((line) => line['move'] === move.id)
  const number = String(move['number'])
  if (lines.length === 0) throw new UserError(`To post move "${number}", you must fill in its lines.`)
  const owed = (line: Row): DecimalValue => minus(asDecimal(line['credit']), asDecimal(line['debit']))
  const rest = lines.reduce((total, line) => minus(total, owed(line)), decimalOf('0'))
  if (Number(rest.decimal) === 0) return
  throw new UserError(`To post move "${number}", you must balance all its lines debits and credits.`)
}
