/** Reads a JSON Pointer (RFC 6901); undefined when nothing is there. Never walks prototypes. */
export function readPointer(document: unknown, pointer: string): unknown {
  let value: unknown = document
  for (const token of tokensOf(pointer)) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, token)) return undefined
    value = Reflect.get(value, token)
  }
  return value
}

/** Reads a pointer with `*` tokens: every value it reaches, in order; `undefined` where one is missing. */
export function readAll(document: unknown, pointer: string): unknown[] {
  return walk(document, tokensOf(pointer))
}

/** The tokens of a pointer, unescaped. Throws on one that does not begin with a slash. */
export function tokensOf(pointer: string): string[] {
  if (pointer === '') return []
  if (!pointer.startsWith('/')) throw new Error(`expected a JSON Pointer, got \`${pointer}\``)
  return pointer
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** The same document with another value at a place; what does not stand on the way there is shared. */
export function placed<T extends object>(document: T, [token = '', ...rest]: readonly string[], value: unknown): T {
  const copy = { ...document }
  const inner: unknown = Reflect.get(document, token)
  const whole = rest.length > 0 && typeof inner === 'object' && inner !== null ? placed(inner, rest, value) : value
  Reflect.set(copy, token, whole)
  return copy
}

function walk(value: unknown, tokens: readonly string[]): unknown[] {
  const [token, ...rest] = tokens
  if (token === undefined) return [value]
  if (typeof value !== 'object' || value === null) return [undefined]
  if (token === '*') return Array.isArray(value) ? value.flatMap((item: unknown) => walk(item, rest)) : [undefined]
  return Object.hasOwn(value, token) ? walk(Reflect.get(value, token), rest) : [undefined]
}
