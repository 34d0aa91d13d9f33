import type { Template } from '../../contract/erp.ts'
import { readPointer } from '../../contract/pointer.ts'
import type { RawCall } from '../listener.ts'

/** A call as routes look at it. */
export interface Asked {
  method: string
  /** As sent, percent-encoded. */
  path: string
  query: URLSearchParams
  headers: RawCall['headers']
  /** The whole body; undefined where there is none. */
  body: unknown
  /** What stands at `$args` of the envelope, or the whole body. */
  args: unknown
  /** What stands at the `{name}` parts of the route's path, decoded. */
  places: ReadonlyMap<string, string>
}

/** Reads a call; null where its body is no JSON. */
export function askedOf(raw: RawCall, argsAt: string): Asked | null {
  const body = bodyOf(raw.body.toString('utf8'))
  if (body === NO_JSON) return null
  const { method, path, query, headers } = raw
  return { method, path, query, headers, body, args: readPointer(body, argsAt), places: new Map() }
}

/** Where the arguments stand in the body that this envelope makes. */
export function argsPlace(envelope: Template | undefined): string {
  return envelope === undefined ? '' : (placeIn(envelope, '') ?? '')
}

function placeIn(node: Template, at: string): string | null {
  if (typeof node !== 'object' || node === null) return null
  for (const [key, inner] of Object.entries(node)) {
    if (key === '$args') return at
    const found = placeIn(inner, `${at}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`)
    if (found !== null) return found
  }
  return null
}

const NO_JSON: unique symbol = Symbol('no JSON')

function bodyOf(text: string): unknown {
  if (text.trim() === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return NO_JSON
  }
}

/** The values of the `{name}` parts where a path fits a template; null where it does not. */
export function placesIn(template: string, path: string): Map<string, string> | null {
  const [wanted, given] = [template.split('/'), path.split('/')]
  if (wanted.length !== given.length) return null
  const places = new Map<string, string>()
  for (const [index, part] of wanted.entries()) {
    const name = /^\{([A-Za-z0-9_]+)\}$/.exec(part)?.[1]
    const value = decoded(given[index] ?? '')
    if (value === null) return null
    if (name === undefined ? value !== part : value === '') return null
    if (name !== undefined) places.set(name, value)
  }
  return places
}

function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part)
  } catch {
    return null
  }
}
