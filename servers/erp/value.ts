import { readPointer } from '../../engine/contract/pointer.ts'
import type { ArgumentMap, Codec } from '../../engine/contract/tool.ts'
import { encode } from './codec.ts'
import { notSent } from './outcome.ts'

/** What the values of a request come from. */
export interface ValueSource {
  args: Readonly<Record<string, unknown>>
  resolved: Readonly<Record<string, unknown>>
  credential: (name: string) => string
}

/**
 * The value of one argument in the ERP's language; undefined when it is to be left out.
 * A default stands for the caller's argument: it goes through `map` or `as` like one. With `map`, `as` is not looked at.
 */
export function argumentValue(map: ArgumentMap, source: ValueSource): unknown {
  if (map.when !== undefined && readPointer(source.args, map.when) === undefined) return undefined
  if ('const' in map) return map.const
  if ('credential' in map) return written(map.as, source.credential(map.credential), map.credential)
  if ('fact' in map) return written(map.as, readPointer(source, map.fact), map.fact)
  if ('each' in map) return eachOf(readPointer(source.args, map.each), map.as, map.each)
  const value = readPointer(source.args, map.from) ?? map.default
  if (value === undefined || map.map === undefined) return written(map.as, value, map.from)
  const key = String(value)
  if (!Object.hasOwn(map.map, key)) throw unwritable(map.from)
  return map.map[key]
}

function eachOf(list: unknown, as: Codec | undefined, from: string): unknown {
  if (list === undefined) return undefined
  if (!Array.isArray(list)) throw unwritable(from)
  return list.map((item: unknown) => written(as, item, from))
}

function written(as: Codec | undefined, value: unknown, from: string): unknown {
  if (value === undefined || as === undefined) return value
  const encoded = encode(as, value)
  if (encoded === null) throw unwritable(from)
  return encoded
}

function unwritable(from: string) {
  return notSent('validation', `the value of \`${from}\` cannot be written as this ERP wants it`)
}
