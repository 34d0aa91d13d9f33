import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { readPointer } from '../../contract/pointer.ts'
import type { StandInCollection } from '../../contract/stand-in.ts'
import { isRow, type Row, textOf } from '../row.ts'
import { Refused } from './errors.ts'
import { put } from './place.ts'

/** The records of one kind of one company. */
export interface Collection {
  all(): readonly Row[]
  /** The identifier as it stands in the record: a number stays one. */
  keyIn(row: Row): unknown
  /** @throws Refused where there is none */
  get(key: string): Row
  /** @throws Refused for a value that another record has */
  create(fields: Row): Row
  /** How a record is to be from now on. @throws Refused */
  change(key: string, how: (row: Row) => Row): Row
  remove(key: string): Row
}

export function openCollection({ key = '/id', newKey = 'integer', unique = [], seed }: StandInCollection): Collection {
  let rows: Row[] = structuredClone(seed)
  const keyIn = (row: Row): unknown => readPointer(row, key)
  const keyOf = (row: Row): string => textOf(keyIn(row))
  const has = (wanted: string): Row => {
    const found = rows.find((row) => keyOf(row) === wanted)
    if (found === undefined) throw new Refused('not_found', 'there is no such record')
    return found
  }
  const checkUnique = (next: Row): void => {
    for (const pointer of unique) {
      const value = readPointer(next, pointer)
      const taken = (row: Row): boolean => isDeepStrictEqual(readPointer(row, pointer), value)
      if (value !== undefined && value !== null && rows.some((row) => keyOf(row) !== keyOf(next) && taken(row))) {
        throw new Refused('conflict', `another record has this ${pointer.slice(1)} already`)
      }
    }
  }
  const nextKey = (): string | number => {
    if (newKey === 'uuid') return randomUUID()
    const numbers = rows.map((row) => Number(/\d+$/.exec(keyOf(row))?.[0] ?? 0))
    const next = Math.max(1_000, ...numbers, removed) + 1
    const prefix = keyOf(rows[0] ?? {}).replace(/\d+$/, '')
    return newKey === 'integer' ? next : `${prefix}${next}`
  }
  /** An identifier is never given again. */
  let removed = 0

  return {
    all: () => rows,
    keyIn,
    get: has,
    create(fields) {
      const row = asRow(put(fields, key, nextKey()))
      checkUnique(row)
      rows = [...rows, row]
      return row
    },
    change(wanted, how) {
      const before = has(wanted)
      const next = asRow(put(how(before), key, keyIn(before)))
      checkUnique(next)
      rows = rows.map((row) => (row === before ? next : row))
      return next
    },
    remove(wanted) {
      const gone = has(wanted)
      rows = rows.filter((row) => row !== gone)
      removed = Math.max(removed, Number(/\d+$/.exec(wanted)?.[0] ?? 0))
      return gone
    },
  }
}

/** Fields put over a record, branch by branch; a list is put in the place of a list. */
export function over(record: Row, fields: Row): Row {
  const merged = Object.entries(fields).map(([name, value]) => {
    const before = record[name]
    return [name, isRow(before) && isRow(value) ? over(before, value) : value]
  })
  return { ...record, ...Object.fromEntries(merged) }
}

function asRow(value: unknown): Row {
  if (!isRow(value)) throw new Refused('validation', 'a record is an object')
  return value
}
