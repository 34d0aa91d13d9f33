import { keyError } from './errors.ts'
import type { Model } from './model.ts'
import { models } from './models.ts'
import type { Value } from './values.ts'

/** A record; one-to-many fields are not kept, they follow from the other side. */
export type Row = { id: number } & Record<string, Value>

/** All records of the database. */
export interface Store {
  table(model: string): ReadonlyMap<number, Row>
  insert(model: string, values: Record<string, Value>): Row
  update(model: string, id: number, values: Record<string, Value>): void
  remove(model: string, id: number): void
  /** The next number of a sequence, from 1. */
  next(sequence: string): number
  /** Runs `work`; when it throws, nothing that it changed stays. */
  atomic<Result>(work: () => Result): Result
}

export function openStore(): Store {
  const tables = new Map<string, Map<number, Row>>()
  const counters = new Map<string, number>()
  let undo: (() => void)[] = []
  const tableOf = (model: string): Map<number, Row> => {
    const known = tables.get(model)
    if (known !== undefined) return known
    const made = new Map<number, Row>()
    tables.set(model, made)
    return made
  }
  const put = (model: string, row: Row): void => {
    const table = tableOf(model)
    const before = table.get(row.id)
    undo.push(() => (before === undefined ? table.delete(row.id) : table.set(row.id, before)))
    table.set(row.id, row)
  }
  const next = (sequence: string): number => {
    const before = counters.get(sequence) ?? 0
    undo.push(() => counters.set(sequence, before))
    counters.set(sequence, before + 1)
    return before + 1
  }
  return {
    table: tableOf,
    next,
    insert(model, values) {
      const row = { ...values, id: next(`id of ${model}`) }
      put(model, row)
      return row
    },
    update(model, id, values) {
      const row = tableOf(model).get(id)
      if (row !== undefined) put(model, { ...row, ...values, id })
    },
    remove(model, id) {
      const table = tableOf(model)
      const before = table.get(id)
      if (before === undefined) return
      undo.push(() => table.set(id, before))
      table.delete(id)
    },
    atomic(work) {
      undo = []
      try {
        return work()
      } catch (error) {
        for (const step of undo.reverse()) step()
        throw error
      } finally {
        undo = []
      }
    },
  }
}

/** @throws as the ERP does for a name it does not know */
export function modelOf(name: string): Model {
  const model = Object.hasOwn(models, name) ? models[name] : undefined
  if (model === undefined) throw keyError(name)
  return model
}
