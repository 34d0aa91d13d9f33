import { demand, demandButton, type Pen, rowsOf } from './access.ts'
import { checkBalanced } from './checks.ts'
import { found } from './domain.ts'
import { CodeError, HttpError, UserError } from './errors.ts'
import { readFields, readRows, search } from './read.ts'
import { removeRows } from './remove.ts'
import { modelOf } from './store.ts'
import { isObject } from './values.ts'
import { createRow, writeRow } from './write.ts'

/** From which states a button takes a payment where. From any other the button does nothing and answers as if it had. */
const transitions: Readonly<Record<string, readonly [string, readonly string[]]>> = {
  approve: ['approved', ['draft']],
  draft: ['draft', ['approved']],
  succeed: ['succeeded', ['processing', 'failed']],
  fail: ['failed', ['processing', 'succeeded']],
}

/** Calls `model.<model>.<method>`; the last parameter is the context. @throws UserError, CodeError or HttpError */
export function callMethod(pen: Pen, operation: string, params: readonly unknown[]): unknown {
  const { model, method } = parts(operation)
  modelOf(model)
  if (!isMethod(model, method)) throw new HttpError(403)
  const context = params.at(-1)
  if (!isObject(context)) throw new CodeError('Missing context argument')
  const args = params.slice(0, -1)
  return pen.view.store.atomic(() => run(pen, model, method, args))
}

function parts(operation: string): { model: string; method: string } {
  const names = operation.split('.')
  if (names.length < 2) throw new CodeError('not enough values to unpack (expected 2, got 1)')
  return { model: names.slice(1, -1).join('.'), method: names.at(-1) ?? '' }
}

const general = ['search', 'search_read', 'search_count', 'read', 'create', 'write', 'delete']

function isMethod(model: string, method: string): boolean {
  return general.includes(method) || Object.hasOwn(modelOf(model).buttons ?? {}, method)
}

function run(pen: Pen, model: string, method: string, args: readonly unknown[]): unknown {
  const { view, account } = pen
  const [first, second, third, fourth, fifth] = args
  switch (method) {
    case 'search':
      demand(account, model, 'read')
      return search(view, model, first, { offset: second, limit: third, order: fourth }).map((row) => row.id)
    case 'search_read': {
      demand(account, model, 'read')
      const fields = textsOf(fifth)
      const rows = search(view, model, first, { offset: second, limit: third, order: fourth })
      return readRows(view, model, rows, fields)
    }
    case 'search_count':
      demand(account, model, 'read')
      if (args.length > 1) {
        throw new CodeError(
          `ModelStorage.search_count() takes 2 positional arguments but ${args.length + 1} were given`,
        )
      }
      return found(view, model, first).length
    case 'read':
      demand(account, model, 'read')
      return readRows(view, model, rowsOf(view, model, idsOf(first), 'read'), textsOf(second))
    case 'create':
      demand(account, model, 'create')
      return listOf(first).map((values) => createRow(pen, model, isObject(values) ? values : {}))
    case 'write':
      return write(pen, model, distinct(idsOf(first)), isObject(second) ? second : {})
    case 'delete':
      removeRows(pen, model, distinct(idsOf(first)))
      return null
    default:
      return press(pen, model, method, distinct(idsOf(first)))
  }
}

function write(pen: Pen, model: string, ids: readonly number[], values: Record<string, unknown>): null {
  demand(pen.account, model, 'write')
  for (const row of rowsOf(pen.view, model, ids, 'write')) {
    if (model === 'account.move') refusePosted(row['state'], `move "${String(row['number'])}"`)
    if (model === 'account.move.line') refusePostedLine(pen, row.id)
    writeRow(pen, model, row, values)
  }
  return null
}

function refusePosted(state: unknown, what: string): void {
  if (state === 'posted') throw new UserError(`You cannot modify posted ${what}.`)
}

function refusePostedLine(pen: Pen, id: number): void {
  const [line] = search(pen.view, 'account.move.line', [['id', '=', id]], { offset: 0, limit: 1, order: null })
  if (line === undefined) return
  const record = readFields(pen.view, 'account.move.line', line, ['move', 'move_state', 'account.code', 'account.name'])
  const account = record['account.']
  const name = isObject(account) ? `${String(account['code'])} - ${String(account['name'])}` : ''
  if (record['move_state'] !== 'posted') return
  throw new UserError(`You cannot modify line "(${name})" from posted move "${String(record['move'])}".`)
}

function press(pen: Pen, model: string, button: string, ids: readonly number[]): null {
  demandButton(pen.account, model, button)
  const rows = rowsOf(pen.view, model, ids, 'read')
  for (const row of rows) {
    if (model === 'account.move') {
      checkBalanced(pen.view.store, row)
      refusePosted(row['state'], `move "${String(row['number'])}"`)
      pen.view.store.update(model, row.id, { state: 'posted' })
      continue
    }
    const [state, from] = transitions[button] ?? ['', []]
    if (from.includes(String(row['state']))) pen.view.store.update(model, row.id, { state, write_uid: pen.account.id })
  }
  return null
}

function listOf(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new CodeError("'NoneType' object is not iterable")
  return value
}

function idsOf(value: unknown): number[] {
  if (typeof value === 'number') throw new CodeError("object of type 'int' has no len()")
  return listOf(value).filter((id) => typeof id === 'number')
}

function distinct(ids: number[]): number[] {
  if (new Set(ids).size < ids.length) throw new CodeError('Duplicate ids')
  return ids
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : []
}
