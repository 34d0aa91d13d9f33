import { HttpError, UserError } from './errors.ts'
import { isVisible, type View } from './fields.ts'
import { modelOf, type Row } from './store.ts'

/** Who calls. */
export interface Account {
  id: number
  login: string
  company: number | null
  groups: readonly string[]
}

/** The database, who writes to it, and the day it is. */
export interface Pen {
  view: View
  account: Account
  /** `2026-11-30`: what a date left out becomes. */
  today: string
}

const letters = { read: 'r', write: 'w', create: 'c', delete: 'd' } as const

export type Right = keyof typeof letters

/** @throws when no group of the account gives the right on the model */
export function demand(account: Account, model: string, right: Right): void {
  const { access, label } = modelOf(model)
  if (access === undefined) return
  const given = ['*', ...account.groups].map((group) => access[group] ?? '').join('')
  if (!given.includes(letters[right])) throw new UserError(`You are not allowed to access "${label}".`)
}

/** @throws when the account may not press the button; 403 when there is none of that name */
export function demandButton(account: Account, model: string, button: string): void {
  const group = modelOf(model).buttons?.[button]
  if (group === undefined) throw new HttpError(403)
  demand(account, model, 'read')
  // The quotes are unbalanced in the ERP's own text.
  if (!account.groups.includes(group)) throw new UserError(`Calling button "${button} on "${model}" is not allowed.`)
}

const verbs = { read: 'read', write: 'write to', delete: 'delete' } as const

/** The records of these ids. @throws when one is unknown or another company's */
export function rowsOf(view: View, model: string, ids: readonly number[], doing: keyof typeof verbs): Row[] {
  const { label, company } = modelOf(model)
  return ids.map((id) => {
    const row = view.store.table(model).get(id)
    if (row !== undefined && isVisible(view, model, row)) return row
    if (company === undefined) {
      throw new UserError(`You are trying to ${verbs[doing]} records "${id}" of "${label}" that don't exist anymore.`)
    }
    // The words are the ERP's, the slip in one of them too.
    const because =
      doing === 'delete' ? 'because of at lease one of those rules' : 'because of at least one of these rules'
    throw new UserError(
      `You are not allowed to ${verbs[doing]} records "${id}" of "${label}" ${because}:\nUser in companies`,
    )
  })
}
