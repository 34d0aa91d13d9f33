import { isExactNumber } from './exact-number.ts'

/** Why bytes are not taken as JSON. */
export type StrictJsonCode =
  | 'too_large'
  | 'too_deep'
  | 'byte_order_mark'
  | 'invalid_utf8'
  | 'malformed'
  | 'trailing_data'
  | 'duplicate_key'
  | 'forbidden_key'
  | 'lone_surrogate'
  | 'number_not_finite'
  | 'number_inexact'

/** Says where and why, and never repeats the input. */
export class StrictJsonError extends Error {
  readonly code: StrictJsonCode
  /** Byte at which it was noticed, from 0. */
  readonly offset: number

  constructor(code: StrictJsonCode, message: string, offset: number) {
    super(message)
    this.name = 'StrictJsonError'
    this.code = code
    this.offset = offset
  }
}

export interface StrictJsonLimits {
  /** Objects and arrays inside each other; a scalar alone is 0. */
  maxDepth: number
  /** Greatest length in bytes. */
  maxBytes: number
  /** exact: a number that a double cannot hold digit by digit is refused. any: left to the caller's reviver. Default exact. */
  numbers?: 'exact' | 'any'
}

/**
 * Parses bytes as JSON with one meaning only: what two parsers could read differently is refused. A text that is
 * accepted means exactly what JSON.parse makes of it. Throws StrictJsonError.
 */
export function parseStrictJson(bytes: Uint8Array, limits: StrictJsonLimits): unknown {
  return JSON.parse(strictJsonText(bytes, limits))
}

/** The checked text, for a caller with a reviver of its own. Throws StrictJsonError. */
export function strictJsonText(bytes: Uint8Array, limits: StrictJsonLimits): string {
  if (bytes.length > limits.maxBytes) {
    throw new StrictJsonError('too_large', `expected at most ${limits.maxBytes} bytes, got more`, limits.maxBytes)
  }
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    throw new StrictJsonError('byte_order_mark', 'expected JSON without a byte order mark', 0)
  }
  const text = decode(bytes)
  new Scan(text, limits).run()
  return text
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function decode(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes)
  } catch {
    throw new StrictJsonError('invalid_utf8', 'expected UTF-8', invalidUtf8At(bytes))
  }
}

/** The first replacement character that did not stand in the input itself. */
function invalidUtf8At(bytes: Uint8Array): number {
  const lossy = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
  let offset = 0
  let from = 0
  for (let at = lossy.indexOf('\ufffd'); at >= 0; at = lossy.indexOf('\ufffd', from)) {
    offset += byteLength(lossy.slice(from, at))
    if (bytes[offset] !== 0xef || bytes[offset + 1] !== 0xbf || bytes[offset + 2] !== 0xbd) return offset
    offset += 3
    from = at + 1
  }
  return bytes.length
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length
}

// Names that reach an object's prototype in code that copies keys without care.
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype'])
const SPACE = /[\t\n\r ]*/y
const PLAIN = /[\u0020\u0021\u0023-\u005b\u005d-\uffff]*/y
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y
const LITERAL = /true|false|null/y

/** One pass over the grammar of RFC 8259, by recursion that maxDepth bounds. */
class Scan {
  readonly #text: string
  readonly #limits: StrictJsonLimits
  #at = 0

  constructor(text: string, limits: StrictJsonLimits) {
    this.#text = text
    this.#limits = limits
  }

  run(): void {
    this.#value(0)
    this.#skip(SPACE)
    if (this.#at < this.#text.length) this.#refuse('trailing_data', 'expected nothing behind the value')
  }

  #value(depth: number): void {
    this.#skip(SPACE)
    const char = this.#text[this.#at]
    if (char === '{') this.#object(depth + 1)
    else if (char === '[') this.#array(depth + 1)
    else if (char === '"') this.#string()
    else if (char === 't' || char === 'f' || char === 'n') this.#expect(LITERAL, 'expected true, false or null')
    else this.#number()
  }

  #object(depth: number): void {
    this.#enter(depth)
    if (this.#take('}')) return
    const keys = new Set<string>()
    do {
      this.#skip(SPACE)
      const start = this.#at
      const key = this.#string()
      if (FORBIDDEN_KEYS.has(key)) this.#refuse('forbidden_key', 'expected a key that is no name of a prototype', start)
      if (keys.has(key)) this.#refuse('duplicate_key', 'expected every key once in an object', start)
      keys.add(key)
      if (!this.#take(':')) this.#refuse('malformed', 'expected a colon behind the key')
      this.#value(depth)
    } while (this.#take(','))
    if (!this.#take('}')) this.#refuse('malformed', 'expected a comma or the end of the object')
  }

  #array(depth: number): void {
    this.#enter(depth)
    if (this.#take(']')) return
    do this.#value(depth)
    while (this.#take(','))
    if (!this.#take(']')) this.#refuse('malformed', 'expected a comma or the end of the array')
  }

  /** Returns the string's value, which is only needed of keys and of those with escapes. */
  #string(): string {
    const start = this.#at
    if (this.#text[this.#at] !== '"') this.#refuse('malformed', 'expected a string')
    this.#at++
    this.#skip(PLAIN)
    let escaped = false
    while (this.#text[this.#at] === '\\') {
      escaped = true
      this.#expect(ESCAPE, 'expected a valid escape')
      this.#skip(PLAIN)
    }
    if (this.#text[this.#at] !== '"') this.#refuse('malformed', 'expected the end of the string')
    this.#at++
    if (!escaped) return this.#text.slice(start + 1, this.#at - 1)
    const value = String(JSON.parse(this.#text.slice(start, this.#at)))
    if (!value.isWellFormed()) this.#refuse('lone_surrogate', 'expected surrogates in pairs', start)
    return value
  }

  #number(): void {
    const start = this.#at
    this.#expect(NUMBER, 'expected a value')
    if (this.#limits.numbers === 'any') return
    const lexeme = this.#text.slice(start, this.#at)
    if (!Number.isFinite(Number(lexeme))) this.#refuse('number_not_finite', 'expected a number within range', start)
    if (!isExactNumber(lexeme)) this.#refuse('number_inexact', 'expected a number with fewer digits', start)
  }

  #enter(depth: number): void {
    if (depth > this.#limits.maxDepth) {
      this.#refuse('too_deep', `expected at most ${this.#limits.maxDepth} levels of objects and arrays`)
    }
    this.#at++
  }

  #take(char: string): boolean {
    this.#skip(SPACE)
    if (this.#text[this.#at] !== char) return false
    this.#at++
    return true
  }

  #skip(pattern: RegExp): void {
    pattern.lastIndex = this.#at
    pattern.test(this.#text)
    this.#at = pattern.lastIndex
  }

  #expect(pattern: RegExp, message: string): void {
    pattern.lastIndex = this.#at
    if (!pattern.test(this.#text)) this.#refuse('malformed', message)
    this.#at = pattern.lastIndex
  }

  #refuse(code: StrictJsonCode, message: string, at: number = this.#at): never {
    throw new StrictJsonError(code, message, byteLength(this.#text.slice(0, at)))
  }
}
