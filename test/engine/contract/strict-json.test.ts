import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseStrictJson, StrictJsonError } from '../../../engine/contract/strict-json.ts'

const LIMITS = { maxDepth: 8, maxBytes: 1_000_000 }

function parse(text: string): unknown {
  return parseStrictJson(Buffer.from(text), LIMITS)
}

function refusal(input: string | Uint8Array, limits = LIMITS): { code: string; offset: number; message: string } {
  try {
    parseStrictJson(typeof input === 'string' ? Buffer.from(input) : input, limits)
  } catch (error) {
    if (error instanceof StrictJsonError) return { code: error.code, offset: error.offset, message: error.message }
    throw error
  }
  throw new Error('it was accepted')
}

describe('strict JSON', () => {
  test('an ordinary message is read as JSON.parse reads it', () => {
    expect(parse(' {"a":[1,-0.5,1e3,true,null,"ç\\n\\ud83d\\ude00"],"b":{}} ')).toEqual({
      a: [1, -0.5, 1000, true, null, 'ç\n😀'],
      b: {},
    })
  })

  test.each([
    ['a key that stands twice', '{"a":1,"a":2}', 'duplicate_key', 7],
    ['a key that stands twice, once in escapes', '{"a":1,"\\u0061":2}', 'duplicate_key', 7],
    ['__proto__ as a key', '{"x":{"__proto__":{}}}', 'forbidden_key', 6],
    ['__proto__ in escapes', '{"\\u005f_proto__":{}}', 'forbidden_key', 1],
    ['constructor as a key', '{"constructor":1}', 'forbidden_key', 1],
    ['prototype as a key', '{"prototype":1}', 'forbidden_key', 1],
    ['a number beyond the range of a double', '[1e999]', 'number_not_finite', 1],
    ['an integer beyond 2^53', '[9007199254740993]', 'number_inexact', 1],
    ['an even integer beyond 2^53', '[9007199254740994]', 'number_inexact', 1],
    ['a large power of ten', '[1e300]', 'number_inexact', 1],
    ['decimals that a double cannot hold', '[0.1000000000000000055]', 'number_inexact', 1],
    ['a number that falls to zero', '[1e-400]', 'number_inexact', 1],
    ['half of a surrogate pair', '["\\ud800"]', 'lone_surrogate', 1],
    ['half of a surrogate pair in a key', '{"\\udc00":1}', 'lone_surrogate', 1],
    ['text behind the value', '{} x', 'trailing_data', 3],
    ['two values', '{}{}', 'trailing_data', 2],
    ['nothing', '', 'malformed', 0],
    ['an open object', '{"a":1', 'malformed', 6],
    ['a comma at the end of a list', '[1,]', 'malformed', 3],
    ['a leading zero', '[01]', 'malformed', 2],
    ['a control character in a string', '["a\nb"]', 'malformed', 3],
    ['an unknown escape', '["\\x"]', 'malformed', 2],
    ['NaN', '[NaN]', 'malformed', 1],
    ['a list inside nine', '[[[[[[[[[]]]]]]]]]', 'too_deep', 8],
  ])('%s is refused', (_, text, code, offset) => {
    expect(refusal(text)).toMatchObject({ code, offset })
  })

  test('the offset counts bytes, not characters', () => {
    expect(refusal('{"ção":1,"ção":2}')).toMatchObject({ code: 'duplicate_key', offset: 11 })
  })

  test('invalid UTF-8 is refused, a genuine replacement character is not', () => {
    expect(refusal(Buffer.from([0x22, 0xef, 0xbf, 0xbd, 0xc3, 0x28, 0x22]))).toMatchObject({
      code: 'invalid_utf8',
      offset: 4,
    })
    expect(parse('"\ufffd"')).toBe('\ufffd')
  })

  test('a byte order mark is refused', () => {
    expect(refusal(Buffer.from('\ufeff{}'))).toMatchObject({ code: 'byte_order_mark', offset: 0 })
  })

  test('more bytes than the limit are refused unread', () => {
    expect(refusal('[1,2,3]', { maxDepth: 8, maxBytes: 6 })).toMatchObject({ code: 'too_large' })
  })

  test('ten thousand levels are refused and the process stays up', () => {
    expect(refusal('['.repeat(10_000))).toMatchObject({ code: 'too_deep' })
    expect(refusal('{"a":'.repeat(10_000))).toMatchObject({ code: 'too_deep' })
  })

  test('an error never repeats the input', () => {
    expect(refusal('{"app_secret":"s3cr3t","app_secret":1}').message).not.toContain('s3cr3t')
  })

  test('whatever JSON.stringify writes is read back the same', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const text = JSON.stringify(value)
        const outcome = attempt(text)
        if (outcome.accepted) expect(outcome.value).toEqual(JSON.parse(text))
        else expect(['forbidden_key', 'number_inexact', 'lone_surrogate', 'too_deep']).toContain(outcome.code)
      }),
      { numRuns: 500 },
    )
  })

  test('a damaged text that is accepted means what JSON.parse makes of it, and what JSON.parse refuses is refused', () => {
    const char = fc.constantFrom(...'{}[]",:\\0123456789.eE+-truefalsn u/dD', '\u0000', 'é')
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 3 }),
        fc.nat(),
        fc.nat(3),
        fc.array(char, { maxLength: 3 }),
        (value, at, cut, add) => {
          const text = JSON.stringify(value)
          const place = at % (text.length + 1)
          const damaged = text.slice(0, place) + add.join('') + text.slice(place + cut)
          const outcome = attempt(damaged)
          if (outcome.accepted) expect(outcome.value).toEqual(JSON.parse(damaged))
          if (!isJson(damaged)) expect(outcome.accepted).toBe(false)
          else if (!outcome.accepted) expect(outcome.code).not.toMatch(/malformed|trailing_data/)
        },
      ),
      { numRuns: 3000 },
    )
  })

  test('a number is accepted exactly when a double gives its digits back', () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 53) + 1, max: 2 ** 53 - 1 }), fc.nat(9), (digits, places) => {
        const text = (BigInt(digits) < 0n ? '-' : '') + withPoint(String(Math.abs(digits)), places)
        const outcome = attempt(text)
        const exact = BigInt(toFixedDigits(Number(text), places)) === BigInt(digits)
        if (outcome.accepted) expect(exact).toBe(true)
      }),
    )
  })
})

function attempt(text: string): { accepted: true; value: unknown } | { accepted: false; code: string } {
  try {
    return { accepted: true, value: parse(text) }
  } catch (error) {
    if (error instanceof StrictJsonError) return { accepted: false, code: error.code }
    throw error
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function withPoint(digits: string, places: number): string {
  const padded = digits.padStart(places + 1, '0')
  return places === 0 ? padded : `${padded.slice(0, -places)}.${padded.slice(-places)}`
}

function toFixedDigits(value: number, places: number): string {
  const [whole = '0', fraction = ''] = decimal(value).split('.')
  return `${whole}${fraction.padEnd(places, '0').slice(0, places)}`
}

/** Plain notation of the shortest text of a double. */
function decimal(value: number): string {
  const match = /^(-?)([0-9]+)(?:\.([0-9]+))?e-([0-9]+)$/.exec(String(value))
  if (match === null) return String(value)
  const [, sign = '', whole = '', fraction = '', power = '0'] = match
  return `${sign}0.${'0'.repeat(Number(power) - whole.length)}${whole}${fraction}`
}
