import { demand, type Pen, rowsOf } from './access.ts'
import { UserError } from './errors.ts'
import { models } from './models.ts'
import { modelOf, type Row, type Store } from './store.ts'

/** Models whose records go with the party they belong to. */
const parts = ['party.identifier', 'party.contact_mechanism']

/** @throws when a record is in use, posted, past its draft, or not the account's to delete */
export function removeRows(pen: Pen, model: string, ids: readonly number[]): void {
  const { store } = pen.view
  demand(pen.account, model, 'read')
  if (model === 'account.payment') for (const id of ids) checkDraft(store, id)
  if (model === 'account.move') for (const row of rowsOf(pen.view, model, ids, 'read')) checkNotPosted(row)
  // The lines of an entry go first.
  if (model === 'account.move') demand(pen.account, 'account.move.line', 'delete')
  demand(pen.account, model, 'delete')
  // A record without a company rule that is not there is passed over in silence.
  const known = modelOf(model).company === undefined ? ids.filter((id) => store.table(model).has(id)) : ids
  for (const row of rowsOf(pen.view, model, known, 'delete')) remove(store, model, row)
}

function checkDraft(store: Store, id: number): void {
  const payment = store.table('account.payment').get(id)
  if (payment === undefined) {
    throw new UserError(`You are trying to read records "${id}" of "Payment" that don't exist anymore.`)
  }
  if (payment['state'] !== 'draft') throw new UserError(`To delete payment "${id}" you must reset it to draft state.`)
}

function checkNotPosted(move: Row): void {
  if (move['state'] === 'posted') throw new UserError(`You cannot modify posted move "${String(move['number'])}".`)
}

function remove(store: Store, model: string, row: Row): void {
  for (const [name, { fields, label }] of Object.entries(models)) {
    for (const [field, definition] of Object.entries(fields)) {
      if (definition.kind !== 'reference' || definition.target !== model) continue
      const users = [...store.table(name).values()].filter((other) => other[field] === row.id)
      if (users.length > 0 && !parts.includes(name)) throw inUse(definition.label, label)
      for (const user of users) store.remove(name, user.id)
    }
  }
  store.remove(model, row.id)
}

function inUse(field: string, model: string): UserError {
  return new UserError(`The records could not be deleted because they are used by field "${field}" of "${model}".`)
}
