import { readPointer, tokensOf } from '../../contract/pointer.ts'
import type { StandInPlace } from '../../contract/stand-in.ts'
import { isRow } from '../row.ts'
import type { Asked } from './asked.ts'

/** The value a call has at a place; undefined where it has none. */
export function valueAt(place: StandInPlace, call: Asked): unknown {
  if ('to' in place) return readPointer(call.args, place.to)
  if ('query' in place) return call.query.get(place.query) ?? undefined
  if ('path' in place) return call.places.get(place.path)
  return call.headers[place.header.toLowerCase()]
}

/** A copy of the document with a value at a pointer; what is missing on the way is made. */
export function put(document: unknown, pointer: string, value: unknown): unknown {
  return putAt(document, tokensOf(pointer), value)
}

function putAt(node: unknown, [token, ...rest]: readonly string[], value: unknown): unknown {
  if (token === undefined) return value
  const place = /^(0|[1-9]\d{0,2})$/.test(token) ? Number(token) : null
  if (Array.isArray(node) || (node === undefined && place !== null)) {
    const copy: unknown[] = Array.isArray(node) ? [...node] : []
    copy[place ?? copy.length] = putAt(copy[place ?? copy.length], rest, value)
    return copy
  }
  const row = isRow(node) ? node : {}
  return { ...row, [token]: putAt(row[token], rest, value) }
}

/** The document without what stands at a pointer. */
export function without(document: unknown, pointer: string): unknown {
  const parent = pointer.slice(0, pointer.lastIndexOf('/'))
  const last = tokensOf(pointer).at(-1)
  const holder = readPointer(document, parent)
  if (last === undefined || !isRow(holder)) return document
  const { [last]: _, ...kept } = holder
  return put(document, parent, kept)
}
