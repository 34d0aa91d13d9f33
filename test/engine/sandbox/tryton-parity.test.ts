import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTrytonStandIn, type TrytonStandIn } from '../../../engine/sandbox/tryton/server.ts'
import { needs } from '../../helpers/needs.ts'
import { type RpcClient, sessionClient } from '../../helpers/tryton/rpc.ts'
import { startTryton, type Tryton } from '../../helpers/tryton/start.ts'
import type { Call } from './tryton-calls/call.ts'
import { partyCalls } from './tryton-calls/parties.ts'
import { payableCalls } from './tryton-calls/payables.ts'
import { paymentCalls } from './tryton-calls/payments.ts'
import { refusalCalls } from './tryton-calls/refusals.ts'
import { comparable, rawCalls, send } from './tryton-raw.ts'

const { missing } = needs('tryton')

interface Server {
  url: string
  origin: string
  passwords: ReadonlyMap<string, string>
}

/** Answers of one server to the calls, in their order, each account on a session of its own. */
async function play(server: Server, calls: readonly Call[]): Promise<unknown[]> {
  const url = `${server.url}/`
  const clients = new Map<string, RpcClient>()
  const answers: unknown[] = []
  for (const { as, method, params } of calls) {
    const client = clients.get(as) ?? (await sessionClient(url, as, server.passwords.get(as) ?? ''))
    clients.set(as, client)
    answers.push(comparable(await client(method, params)))
  }
  return answers
}

describe.skipIf(missing !== null)('the Tryton stand-in answers as a real Tryton does', () => {
  describe.each([
    ['parties', partyCalls],
    ['payables', payableCalls],
    ['payments', paymentCalls],
    ['refusals', refusalCalls],
  ])('%s', (_, calls) => {
    let expected: unknown[]
    let given: unknown[]

    beforeAll(async () => {
      const real = await startTryton()
      const standIn = await startTrytonStandIn()
      try {
        expected = await play(real, calls)
        given = await play(standIn, calls)
      } finally {
        await real.close()
        await standIn.close()
      }
    }, 60_000)

    test.each(calls.map(({ shows, as, method }, at) => ({ shows, as, method, at })))(
      '$shows: $as, $method',
      ({ at }) => {
        expect(given[at]).toEqual(expected[at])
      },
    )
  })

  test('a single answer that differs is found, and no other', async () => {
    const real = await startTryton()
    const standIn = await startTrytonStandIn()
    // The payment is approved, only the answer says something else than null.
    const planted = { status: 200, body: { id: 1, result: true }, afterApplying: true }
    standIn.failNext({ operation: 'model.account.payment.approve', ...planted })
    try {
      const expected = await play(real, paymentCalls)
      const given = await play(standIn, paymentCalls)
      const differing = paymentCalls.filter((_, at) => !isDeepStrictEqual(given[at], expected[at]))
      expect(differing.map(({ shows }) => shows)).toEqual(['approve'])
    } finally {
      await real.close()
      await standIn.close()
    }
  }, 60_000)

  describe('below the calls', () => {
    let real: Tryton
    let standIn: TrytonStandIn

    beforeAll(async () => {
      real = await startTryton()
      standIn = await startTrytonStandIn()
    }, 60_000)

    afterAll(async () => {
      await real.close()
      await standIn.close()
    })

    const user = 'alcada.aurora'
    test.each(rawCalls(user, '').map(({ shows }, at) => ({ shows, at })))('$shows', async ({ at }) => {
      const [toReal, toStandIn] = [real, standIn].map((server) => rawCalls(user, server.passwords.get(user) ?? '')[at]!)
      expect(comparable(await send(standIn.origin, toStandIn!))).toEqual(comparable(await send(real.origin, toReal!)))
    })
  })

  test('an account with too many failed log-ins is refused with the right password too', async () => {
    const refused = async (server: Server, failures: number): Promise<unknown[]> => {
      const right = server.passwords.get('reader') ?? ''
      const passwords = [...Array.from({ length: failures }, () => 'wrong'), right]
      const answers: unknown[] = []
      for (const password of passwords) {
        const body = JSON.stringify({ id: 1, method: 'common.db.login', params: ['reader', { password }, 'en'] })
        const request = { shows: 'log-in', headers: { 'content-type': 'application/json' }, body }
        answers.push(comparable(await send(server.origin, request)))
      }
      return answers.slice(-2)
    }
    // trytond waits longer after each failure: the real one is set to bear none, the stand-in bears the usual five.
    const real = await startTryton({ settings: { session: { max_attempt: '0' } } })
    const standIn = await startTrytonStandIn()
    try {
      const answers = await refused(standIn, 6)
      expect(answers).toMatchObject([{ status: 401 }, { status: 429 }])
      expect(answers).toEqual(await refused(real, 1))
    } finally {
      await real.close()
      await standIn.close()
    }
  }, 60_000)
})
