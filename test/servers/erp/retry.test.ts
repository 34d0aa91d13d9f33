import { afterEach, describe, expect, test } from 'vitest'
import { type Answer, call, closing, tool } from './erp-on-loopback.ts'
import { limited, OK, READ, WRITE } from './limited.ts'

const open = closing()
afterEach(open.all)

describe('trying again', () => {
  test.each(['busy', 'limit'])('a read is tried once more when the ERP says when (%s)', async (field) => {
    const { one, seen } = await limited(open, [], (n) => (n === 1 ? { json: { [field]: '0 s' } } : OK()))
    expect(await one.call(call(READ, { id: '1' }))).toMatchObject({ kind: 'done' })
    expect(seen).toHaveLength(2)
  })

  test('only once', async () => {
    const { one, seen } = await limited(open, [], () => ({ json: { busy: '0 s' } }))
    expect(await one.call(call(READ, { id: '1' }))).toMatchObject({ kind: 'failed', error: { kind: 'busy' } })
    expect(seen).toHaveLength(2)
  })

  test.each<[string, Answer]>([
    ['says a time that is too long', { json: { limit: '16 segundos' } }],
    ['says no time', { json: { limit: true } }],
    ['bans it', { json: { blocked: '0' } }],
    ['fails', { status: 500, json: {} }],
    ['refuses the data', { json: { error: 'x' } }],
    ['cuts the connection', { raw: (response) => void response.destroy() }],
  ])('a read is not tried again when the ERP %s', async (_, answer) => {
    const { one, seen } = await limited(open, [], () => answer)
    expect(await one.call(call(READ, { id: '1' }))).toMatchObject({ kind: 'failed' })
    expect(seen).toHaveLength(1)
  })

  test.each<[string, Answer]>([
    ['is busy', { json: { busy: '0 s' } }],
    ['asks to wait', { status: 429, json: { limit: '0 s' } }],
    ['fails', { status: 500, json: {} }],
    ['cuts the connection', { raw: (response) => void response.destroy() }],
  ])('a write is never tried again: the ERP %s', async (_, answer) => {
    const { one, seen } = await limited(open, [], () => answer)
    await one.call(call(WRITE, { id: '1' }))
    expect(seen).toHaveLength(1)
  })

  test('a read whose arguments raise its effect is a write', async () => {
    const raised = tool({ effectOverrides: [{ when: '/issue_nfse', effect: 'fiscal' }] })
    const { one, seen } = await limited(open, [], () => ({ json: { busy: '0 s' } }))
    await one.call(call(raised, { issue_nfse: true }))
    expect(seen).toHaveLength(1)
  })

  test('the same call is not sent again before the time the ERP has named', async () => {
    const { one, seen } = await limited(open, [], () => ({ json: { limit: 'Aguarde 16 segundos' } }))
    await one.call(call(READ, { id: '1' }))
    expect(await one.call(call(READ, { id: '1' }))).toMatchObject({ error: { kind: 'rate_limited', retryAfterS: 16 } })
    expect(seen).toHaveLength(1)
    await one.call(call(READ, { id: '2' }))
    expect(seen).toHaveLength(2)
  })
})
