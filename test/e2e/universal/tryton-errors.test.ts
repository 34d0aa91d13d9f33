import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Fault } from '../../../engine/sandbox/stand-in.ts'
import { type Line, openLine } from '../../helpers/line/line.ts'

// Each row of the table of refusals in erps/tryton/README.md, most of them with HTTP 200.

let line: Line
beforeAll(async () => {
  line = await openLine({ erp: 'tryton', free: true })
})
afterAll(() => line.stop())

const userError = (text: string, more = ''): object => ({ id: 1, error: ['UserError', [text, more, null]] })
const READ = 'model.party.party.search_read'
const NEVER = { retry: 'never' }
const LATER = { retry: 'after', retry_after_s: 5 }

const REFUSALS: readonly [string, Fault, string, object][] = [
  [
    'who may not at all',
    { status: 200, body: userError('You are not allowed to access "Payment".') },
    'erp_forbidden',
    NEVER,
  ],
  [
    'who may not press a button',
    { status: 200, body: userError('Calling button "approve on "account.payment" is not allowed.') },
    'erp_forbidden',
    NEVER,
  ],
  [
    'an unknown record',
    {
      status: 200,
      body: userError(
        'You are not allowed to read records "12345" of "Payment" because of at least one of these rules:\nUser in companies',
      ),
    },
    'erp_not_found',
    NEVER,
  ],
  [
    'a record that is gone',
    { status: 200, body: userError('You are trying to read records "5" of "Party" that don\'t exist anymore.') },
    'erp_not_found',
    NEVER,
  ],
  [
    'a field that has to be there',
    { status: 200, body: userError('A value is required for field "Amount" in "Payment".') },
    'erp_validation',
    NEVER,
  ],
  [
    'too many decimals',
    {
      status: 200,
      body: userError('The number of digits in the value "Decimal(\'1.234\')" exceeds the limit of "2".'),
    },
    'erp_validation',
    NEVER,
  ],
  [
    'a value out of its domain',
    {
      status: 200,
      body: userError(
        'The value for field "Journal" in "Payment" is not valid according to its domain.',
        `domain at /usr/lib/python3 ${'x'.repeat(9_000)}`,
      ),
    },
    'erp_validation',
    NEVER,
  ],
  [
    'a record in use',
    {
      status: 200,
      body: userError('The records could not be deleted because they are used by field "Party" of "Payment".'),
    },
    'erp_validation',
    NEVER,
  ],
  [
    'an approved payment',
    { status: 200, body: userError('To delete payment "1" you must reset it to draft state.') },
    'erp_validation',
    NEVER,
  ],
  [
    'what is there already',
    { status: 200, body: userError('The code on party must be unique.') },
    'erp_conflict',
    NEVER,
  ],
  [
    'a one-word error of Python',
    { status: 200, body: { error: ["'nope'", 'Traceback: File "/usr/lib/python3/dist-packages/trytond/rpc.py"'] } },
    'erp_server',
    LATER,
  ],
  ['an unknown method', { status: 403, body: '<html>/usr/lib/python3</html>' }, 'erp_forbidden', NEVER],
  ['too many failed logins', { status: 429, body: '<html>Too Many Requests</html>' }, 'erp_blocked', LATER],
  ['a request it could not read', { status: 500, body: '' }, 'erp_server', LATER],
  ['an answer without its content', { status: 200, body: { id: 1 } }, 'erp_unreadable_answer', NEVER],
]

describe('a refusal of Tryton is told by what it means', () => {
  test.each(REFUSALS)('%s', async (_name, fault, code, alcada) => {
    line.standIn.failNext({ operation: READ, ...fault })
    const { refusal, text } = await line.call('viewer', 'get_vendor_by_id', { id: '2' })
    expect(refusal).toMatchObject({ error: { code }, alcada })
    expect(line.outcome('get_vendor_by_id')).toEqual({ kind: 'failed', code: code.slice('erp_'.length) })
    for (const hidden of ['/usr/', 'Traceback', 'UserError', '127.0.0.1', 'x'.repeat(500)])
      expect(text).not.toContain(hidden)
  })
})

test('a session that ended is opened again, once, and a login that is refused is told', async () => {
  line.standIn.failNext({ operation: READ, status: 401 })
  expect(await line.data('viewer', 'get_vendors_list', { page_size: 1 })).toHaveLength(1)
  expect(line.received('common.db.login')).toBe(2)

  line.standIn.failNext({ operation: READ, status: 401 })
  line.standIn.failNext({ operation: 'common.db.login', status: 401, body: '<html>/usr/lib</html>' })
  const { refusal } = await line.call('viewer', 'get_vendors_list', { page_size: 1 })
  expect(refusal).toMatchObject({
    error: { code: 'erp_auth', message: 'the ERP refused the credential' },
    alcada: NEVER,
  })
  // Five failed logins would lock the user: the next call does not try.
  expect((await line.call('viewer', 'get_vendors_list', { page_size: 1 })).refusal?.error.code).toBe('erp_auth')
  expect(line.received('common.db.login')).toBe(3)
})
