import { afterEach, describe, expect, test } from 'vitest'
import { asked } from './asked.ts'
import { type Answer, closing, write } from './erp-on-loopback.ts'

const open = closing()
afterEach(open.all)

describe('merge: an update that replaces the whole record', () => {
  const UPDATE = write({
    name: 'update_vendor',
    effect: 'update',
    native: { path: '/vendors/{id}', method: 'PUT' },
    args: [
      { from: '/id', path: 'id' },
      { from: '/email', to: '/communication/email' },
    ],
    merge: {
      native: { path: '/vendors/{id}', method: 'GET' },
      args: [{ from: '/id', path: 'id' }],
      drop: ['/createUser'],
    },
  })

  test('reads the record, puts the changes over it, drops what may not go back, and sends it digit by digit', async () => {
    const record =
      '{"id":9007199254740993,"name":"A","communication":{"email":"old@x.br","phone":"11"},"createUser":"y"}'
    const { outcome, seen } = await asked(open, UPDATE, { id: '7', email: 'new@x.br' }, (n) =>
      n === 1 ? { text: record } : { status: 204 },
    )
    expect(outcome).toMatchObject({ kind: 'done' })
    expect(seen.map(({ method, url }) => `${method} ${url}`)).toEqual(['GET /vendors/7', 'PUT /vendors/7'])
    expect(seen[1]?.text).toBe('{"id":9007199254740993,"name":"A","communication":{"email":"new@x.br","phone":"11"}}')
  })

  test.each<[string, Answer, string]>([
    ['fails', { status: 500, json: {} }, 'server'],
    ['is cut', { raw: (response) => void response.destroy() }, 'connection'],
    ['cannot be read', { text: '{"a":', headers: { 'content-type': 'application/json' } }, 'unreadable_answer'],
    ['finds nothing', { text: 'null' }, 'not_found'],
  ])('when its read %s, nothing was written', async (_, answer, kind) => {
    const { outcome, seen } = await asked(open, UPDATE, { id: '7', email: 'x' }, () => answer)
    expect(outcome).toMatchObject({ kind: 'failed', error: { kind } })
    expect(seen.map(({ method }) => method)).toEqual(['GET'])
  })

  test('when its write is cut, the outcome is unknown', async () => {
    const cut: Answer = { raw: (response) => void response.destroy() }
    const { outcome } = await asked(open, UPDATE, { id: '7', email: 'x' }, (n) => (n === 1 ? { json: { id: 1 } } : cut))
    expect(outcome).toMatchObject({ kind: 'unknown' })
  })
})
