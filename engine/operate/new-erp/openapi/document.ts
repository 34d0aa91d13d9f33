import { parseDocument } from 'yaml'

/** A part of a description: what JSON could hold. */
export type Part = Readonly<Record<string, unknown>>

/** An OpenAPI description that can be read, and its own references. */
export interface Description {
  root: Part
  /** What stands at a place, references followed; `{}` where there is nothing. Never leads outside of the document. */
  follow(value: unknown): Part
}

/** Why a description cannot be used. */
export class DescriptionError extends Error {}

/** More than the largest descriptions there are, and less than what hurts. In bytes of UTF-8 text. */
const LARGEST = 20_000_000

/**
 * Reads OpenAPI 3.0 or 3.1, as JSON or YAML.
 * @throws DescriptionError with what is wrong and what to do
 */
export function readDescription(text: string): Description {
  if (text.length > LARGEST) throw new DescriptionError(`expected at most ${LARGEST} bytes`)
  const root = parsed(text)
  const version = root['openapi']
  if (typeof version !== 'string' || !/^3\.[01]\./.test(version)) {
    const got = typeof root['swagger'] === 'string' ? `Swagger ${root['swagger']}` : JSON.stringify(version ?? null)
    throw new DescriptionError(`expected \`openapi: 3.0\` or \`3.1\`, got ${got}; convert it first`)
  }
  if (!isPart(root['paths'])) throw new DescriptionError('expected `paths`, got none')
  return { root, follow: (value) => followed(root, value) }
}

export function isPart(value: unknown): value is Part {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function partsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function parsed(text: string): Part {
  let value: unknown
  try {
    value = /^\s*\{/.test(text) ? JSON.parse(text) : yamlValue(text)
  } catch (error) {
    throw new DescriptionError(`neither JSON nor YAML: ${error instanceof Error ? error.message : String(error)}`)
  }
  if (!isPart(value)) throw new DescriptionError('expected an object')
  clean(value, new Set())
  return value
}

/** Names that have a meaning in JavaScript, and in no file of ours. */
const NAMELESS = ['__proto__', 'constructor', 'prototype']

/** Takes them out; what holds itself would never come to an end. */
function clean(node: unknown, above: Set<unknown>): void {
  if (typeof node !== 'object' || node === null) return
  if (above.has(node)) throw new DescriptionError('a part of it holds itself')
  above.add(node)
  for (const name of NAMELESS) if (Object.hasOwn(node, name)) Reflect.deleteProperty(node, name)
  for (const inner of Object.values(node)) clean(inner, above)
  above.delete(node)
}

function yamlValue(text: string): unknown {
  const document = parseDocument(text, { version: '1.2', schema: 'core', uniqueKeys: false })
  const [first] = document.errors
  if (first !== undefined) throw first
  // A few lines of aliases could stand for gigabytes.
  return document.toJS({ maxAliasCount: 1_000 })
}

/** References to references; one that leads in a circle leads nowhere. */
function followed(root: Part, value: unknown): Part {
  let part = value
  for (let steps = 0; steps < 20; steps++) {
    if (!isPart(part)) return {}
    const reference = part['$ref']
    if (typeof reference !== 'string') return part
    part = reference.startsWith('#/') ? at(root, reference.slice(2)) : undefined
  }
  return {}
}

function at(root: Part, path: string): unknown {
  let part: unknown = root
  for (const token of path.split('/')) {
    const key = decoded(token).replaceAll('~1', '/').replaceAll('~0', '~')
    part = isPart(part) && Object.hasOwn(part, key) ? part[key] : undefined
  }
  return part
}

function decoded(token: string): string {
  try {
    return decodeURIComponent(token)
  } catch {
    return token
  }
}
