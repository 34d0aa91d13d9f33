// Where a stand-in that a file describes looks for what is sent, and puts what it answers, where one call differs from the others.
import { expect, test } from 'vitest'
import { ERP, FILE, start } from './generic-call.ts'

test('a record is taken out of what it is sent in, and answered where the call alone has it', async () => {
  const list = { method: 'POST', path: '/wrapped', does: 'create', of: 'customers', from: '/Rows/0' } as const
  const file = {
    ...FILE,
    routes: [
      { ...list, result: '', at: '/Rows/0' },
      { ...list, path: '/flat' },
    ],
  }
  const ask = await start(file, { ...ERP, request: { method: 'GET', result: '/data' } })
  const [, wrapped] = await ask('POST', '/wrapped', { body: { Rows: [{ name: 'New' }] } })
  expect(wrapped).toEqual({ Rows: [{ id: 'c1001', name: 'New' }] })
  const [, flat] = await ask('POST', '/flat', { body: { Rows: [{ name: 'Next' }] } })
  expect(flat).toEqual({ data: { id: 'c1002', name: 'Next' } })
  expect((await ask('POST', '/flat', { body: { Rows: ['Next'] } }))[0]).toBe(422)
})
