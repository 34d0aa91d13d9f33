import { describe, expect, test } from 'vitest'
import type { ErrorRule } from '../../../engine/contract/erp.ts'
import { errorJudge } from '../../../servers/erp/error-rule.ts'

interface Given {
  status?: number
  document?: unknown
  text?: string
  headers?: Record<string, string>
}

function judged(rules: ErrorRule[], { status = 200, document, text, headers = {} }: Given) {
  const answer = { status, headers, document, text: text ?? JSON.stringify(document ?? '') }
  const failure = errorJudge(rules)(answer, (words) => words.replaceAll('s3cr3t', '[secret]'))
  return failure === null ? null : { ...failure.error, notDone: failure.notDone }
}

const OMIE: ErrorRule[] = [
  { status: [425], kind: 'blocked', retryAfter: { pointer: '/faultstring', regex: '(\\d+) segundo' } },
  { pointer: '/faultcode', matches: 'Client-5113$', kind: 'empty' },
  {
    pointer: '/faultstring',
    matches: 'redundante',
    kind: 'rate_limited',
    retryAfter: { pointer: '/faultstring', regex: '(\\d+) segundo' },
  },
  { pointer: '/faultstring', kind: 'validation', message: '/faultstring' },
]

describe('the first rule that matches says what an answer means', () => {
  test('a status alone', () => {
    const document = { faultstring: 'API bloqueada. Tente novamente em 1789 segundos.' }
    expect(judged(OMIE, { status: 425, document })).toEqual({
      kind: 'blocked',
      message: 'the ERP has blocked these calls for a while',
      retryAfterS: 1789,
      notDone: true,
    })
  })

  test('a pattern over a value, whatever its case and the status', () => {
    expect(judged(OMIE, { status: 500, document: { faultcode: 'SOAP-ENV:CLIENT-5113' } })).toMatchObject({
      kind: 'empty',
    })
    expect(
      judged(OMIE, { document: { faultstring: 'Consumo REDUNDANTE detectado. Aguarde 16 segundos' } }),
    ).toMatchObject({
      kind: 'rate_limited',
      retryAfterS: 16,
    })
  })

  test('a value that is there at all, with the ERP’s own words', () => {
    expect(judged(OMIE, { document: { faultstring: 'O CNPJ está inválido.' } })).toEqual({
      kind: 'validation',
      message: 'O CNPJ está inválido.',
      fromErp: true,
      notDone: true,
    })
  })

  test('a value that equals', () => {
    const rules: ErrorRule[] = [
      { pointer: '/ok', equals: false, kind: 'validation' },
      { pointer: '/code', equals: 7, kind: 'conflict' },
      { pointer: '/error/0', equals: 'UserError', kind: 'forbidden' },
    ]
    expect(judged(rules, { document: { ok: false } })).toMatchObject({ kind: 'validation' })
    expect(judged(rules, { document: { code: 7 } })).toMatchObject({ kind: 'conflict' })
    expect(judged(rules, { document: { code: '7' } })).toBeNull()
    expect(judged(rules, { document: { error: ['UserError', ['x']] } })).toMatchObject({ kind: 'forbidden' })
  })

  test('a pattern over the whole answer, which need not be JSON', () => {
    const rules: ErrorRule[] = [{ matches: 'quota exceeded', kind: 'rate_limited' }]
    expect(judged(rules, { status: 429, text: 'API calls QUOTA exceeded!' })).toMatchObject({ kind: 'rate_limited' })
  })

  test('status and pointer must both hold', () => {
    const rules: ErrorRule[] = [{ status: [500], pointer: '/error', kind: 'validation' }]
    expect(judged(rules, { status: 500, document: { error: 'x' } })).toMatchObject({ kind: 'validation' })
    expect(judged(rules, { status: 200, document: { error: 'x' } })).toBeNull()
    expect(judged(rules, { status: 500, document: {} })).toMatchObject({ kind: 'server', notDone: false })
  })

  test('null is no error', () => {
    expect(judged([{ pointer: '/error', kind: 'server' }], { document: { error: null, result: 1 } })).toBeNull()
  })
})

test('what no rule explains: 2xx is no error, 4xx was not done, 5xx may have been', () => {
  expect(judged([], { status: 204 })).toBeNull()
  expect(judged([], { status: 404 })).toMatchObject({ kind: 'server', notDone: true })
  expect(judged([], { status: 408 })).toMatchObject({ kind: 'server', notDone: false })
  expect(judged([], { status: 503 })).toMatchObject({
    kind: 'server',
    notDone: false,
    message: 'the ERP failed (HTTP 503)',
  })
})

test('a rule of kind server may have been done, unless it says otherwise', () => {
  expect(judged([{ status: [500], kind: 'server' }], { status: 500 })).toMatchObject({ notDone: false })
  expect(judged([{ status: [500], kind: 'server', notDone: true }], { status: 500 })).toMatchObject({ notDone: true })
  expect(judged([{ status: [500], kind: 'conflict', notDone: false }], { status: 500 })).toMatchObject({
    notDone: false,
  })
})

test('the time to wait comes from a header, in seconds or as a date', () => {
  const rules: ErrorRule[] = [{ status: [429], kind: 'rate_limited', retryAfter: { header: 'Retry-After' } }]
  expect(judged(rules, { status: 429, headers: { 'retry-after': '7' } })).toMatchObject({ retryAfterS: 7 })
  const headers = { 'retry-after': 'Wed, 25 Nov 2026 10:00:30 GMT', date: 'Wed, 25 Nov 2026 10:00:00 GMT' }
  expect(judged(rules, { status: 429, headers })).toMatchObject({ retryAfterS: 30 })
  expect(judged(rules, { status: 429, headers: { 'retry-after': 'soon' } })).not.toHaveProperty('retryAfterS')
  expect(judged(rules, { status: 429 })).not.toHaveProperty('retryAfterS')
})

test('where the ERP names no time the rule may, and it says what is left alone for so long', () => {
  const retryAfter = { header: 'Retry-After', otherwise: 60 }
  const rules: ErrorRule[] = [{ status: [429], kind: 'rate_limited', retryAfter, waits: 'operation' }]
  expect(judged(rules, { status: 429 })).toMatchObject({ retryAfterS: 60, waits: 'operation' })
  expect(judged(rules, { status: 429, headers: { 'retry-after': '7' } })).toMatchObject({ retryAfterS: 7 })
})

test('the ERP’s words are one line, at most 300 characters, and no cut secret is left over', () => {
  const long = `${'x'.repeat(296)}s3cr3t${'y'.repeat(100)}`
  const message = judged(OMIE, { document: { faultstring: long } })?.message ?? ''
  expect(message).toHaveLength(300)
  expect(message).not.toContain('s3c')
  expect(judged(OMIE, { document: { faultstring: 'a\r\n\u001b[31mb\u202e c' } })?.message).toBe('a [31mb c')
})

test('words that are not declared are never told', () => {
  const rules: ErrorRule[] = [{ pointer: '/error', kind: 'server' }]
  expect(judged(rules, { status: 500, document: { error: 'KeyError at /srv/app.py' } })?.message).toBe('the ERP failed')
})
