import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'

/**
 * The canonical JSON text of a value (RFC 8785).
 * @throws Error on a number that is not finite, a lone surrogate, a cycle, or a value JSON cannot hold
 */
export function canonicalText(value: unknown): string {
  const text = canonicalize(value)
  if (text === undefined) throw new Error('expected a JSON value, got one that JSON cannot hold')
  return text
}

/**
 * The text over which OPA hashes `data.json` and `.manifest` (internal/bundle hash): as Go writes JSON without HTML
 * escaping. It differs from RFC 8785 in two places: keys are ordered by UTF-8 bytes, and U+2028 and U+2029 are escaped.
 * @throws Error as canonicalText does
 */
export function opaText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(opaText).join(',')}]`
  if (typeof value !== 'object' || value === null) {
    return canonicalText(value).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')
  }
  const entries = Object.entries(value).sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  return `{${entries.map(([key, item]) => `${opaText(key)}:${opaText(item)}`).join(',')}}`
}

/** SHA-256 in lower-case hex; a text is hashed as UTF-8. */
export function sha256(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex')
}

/** SHA-256 over the canonical JSON text of a value. */
export function digestOf(value: unknown): string {
  return sha256(canonicalText(value))
}

/**
 * The digest of a bundle's unsigned content: over the name and SHA-256 of every file but the signatures.
 * A pure function of the sources, so it says whether two builds are the same whatever was signed about them.
 */
export function contentDigest(files: ReadonlyMap<string, Uint8Array>): string {
  const names = [...files.keys()].filter((name) => name !== '.signatures.json').sort()
  return digestOf(names.map((name) => [name, sha256(files.get(name) ?? new Uint8Array())]))
}
