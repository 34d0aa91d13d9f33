import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { LimitRule } from '../../../engine/contract/erp.ts'
import type { ErpClient } from '../../../servers/erp/client.ts'
import { openState, type State } from '../../../servers/state/state.ts'
import { type Database, databases, type Place, stateFolder } from '../../helpers/state/databases.ts'
import {
  type Answer,
  AURORA,
  BRISA,
  call,
  catalogue,
  client,
  closing,
  erp,
  erpServer,
  type Seen,
} from './erp-on-loopback.ts'
import { ERRORS, OK, OTHER, READ, WRITE } from './limited.ts'

const open = closing()

// Two clients as two replicas have them: each with a limiter of its own, and the database between them.
describe.each(databases)('limits that replicas share in $name', ({ name, missing, start }) => {
  describe.skipIf(missing !== null)(`with ${name}`, () => {
    let database: Database
    const states: State[] = []
    beforeAll(async () => {
      database = await start()
    })
    afterEach(async () => {
      await open.all()
      for (const state of states.splice(0)) await state.stop()
    })
    afterAll(() => database.stop())

    async function stateAt(place: Place, replica: string, first?: Place): Promise<State> {
      const maskKeyFile = first === undefined ? null : join(first.path, 'mask.key')
      const state = await openState({ ...place, erp: 'omie', replica, now: Date.now, maskKeyFile })
      states.push(state)
      return state
    }

    async function replicas(limits: LimitRule[], answer: (seen: Seen, n: number) => Answer | Promise<Answer>) {
      const place = await database.fresh()
      const a = await stateAt(place, 'a')
      const b = name === 'SQLite' ? a : await stateAt({ ...place, path: stateFolder() }, 'b', place)
      const server = open.add(await erpServer(answer))
      const hits: string[] = []
      const replica = (state: State, more: object = {}): ErpClient =>
        open.add(
          client(catalogue(erp(server.url, { limits, errors: ERRORS }), READ, OTHER, WRITE), {
            shared: state.limits,
            onHit: (hit) => hits.push(hit),
            ...more,
          }),
        )
      return { one: replica(a), two: replica(b), seen: server.seen, hits, place, replica, state: a }
    }

    test('together they never make more calls within a window than declared', async () => {
      const at: number[] = []
      const { one, two, hits } = await replicas([{ key: ['credential'], max: 3, perMs: 300, onHit: 'wait' }], () => {
        at.push(performance.now())
        return OK()
      })
      const outcomes = await Promise.all(
        Array.from({ length: 12 }, (_, id) => (id % 2 === 0 ? one : two).call(call(READ, { id: String(id) }))),
      )
      expect(outcomes.map(({ kind }) => kind)).toEqual(Array.from({ length: 12 }, () => 'done'))
      for (const [index, time] of at.entries()) {
        const fourth = at[index + 3]
        if (fourth !== undefined) expect(fourth - time).toBeGreaterThanOrEqual(300)
      }
      expect(hits).toContain('waited')
    })

    test('together they have no more calls under way than declared', async () => {
      const running = { now: 0, most: 0 }
      const { one, two } = await replicas(
        [{ key: ['operation'], of: 'writes', concurrency: 1, onHit: 'wait' }],
        async () => {
          running.most = Math.max(running.most, ++running.now)
          await new Promise((resolve) => setTimeout(resolve, 20))
          running.now--
          return OK()
        },
      )
      const outcomes = await Promise.all(
        Array.from({ length: 6 }, (_, id) => (id % 2 === 0 ? one : two).call(call(WRITE, { id: String(id) }))),
      )
      expect(outcomes.every(({ kind }) => kind === 'done')).toBe(true)
      expect(running.most).toBe(1)
    })

    test('who would wait too long is told so, and nothing was sent', async () => {
      const { one, replica, seen, hits, state } = await replicas(
        [{ key: ['ip'], max: 1, perMs: 60_000, onHit: 'wait' }],
        OK,
      )
      await one.call(call(READ, { id: '1' }))
      const outcome = await replica(state).call(call(WRITE, { id: '2' }))
      expect(outcome).toMatchObject({ kind: 'failed', error: { kind: 'rate_limited', retryAfterS: 60 } })
      expect([seen.length, hits]).toEqual([1, ['refused']])
    })

    test('what is used up stays used up over a restart', async () => {
      const { one, place, replica, seen, state } = await replicas(
        [{ key: ['ip'], max: 1, perMs: 60_000, onHit: 'wait' }],
        OK,
      )
      await one.call(call(READ, { id: '1' }))
      await state.stop()
      const after = replica(await stateAt(place, 'a'))
      expect(await after.call(call(WRITE, { id: '2' }))).toMatchObject({ error: { kind: 'rate_limited' } })
      expect(seen).toHaveLength(1)
    })

    test('the errors of both open one circuit before the ERP bans, and neither asks again', async () => {
      const limits: LimitRule[] = [{ key: ['credential', 'operation'], errors: 3, perMs: 60_000, onHit: 'circuit' }]
      const { one, two, seen } = await replicas(limits, () => ({ json: { error: 'not found' } }))
      for (const id of [1, 2, 3, 4, 5, 6]) await (id % 2 === 0 ? one : two).call(call(READ, { id: String(id) }))
      expect(seen).toHaveLength(3)
      const outcome = await two.call(call(WRITE, { id: '9' }))
      expect(outcome).toMatchObject({ kind: 'failed', error: { kind: 'blocked' } })
      expect(one.openCircuits().length + two.openCircuits().length).toBe(2)
      await two.call(call(READ, { id: '9' }, { company: BRISA }))
      expect(seen).toHaveLength(4)
    })

    test('many calls at once through both do not make more errors than the circuit and those under way', async () => {
      const limits: LimitRule[] = [
        { key: ['credential', 'operation'], concurrency: 4, onHit: 'wait' },
        { key: ['credential', 'operation'], errors: 6, perMs: 1_800_000, onHit: 'circuit' },
      ]
      const { one, two, seen } = await replicas(limits, () => ({ json: { error: 'not found' } }))
      await Promise.all(
        Array.from({ length: 40 }, (_, id) => (id % 2 === 0 ? one : two).call(call(READ, { id: `${id}` }))),
      )
      expect(seen.length).toBeGreaterThanOrEqual(6)
      expect(seen.length).toBeLessThan(10)
    })

    test('a key that the ERP has blocked is not tried by the other, over a restart too', async () => {
      const { one, two, place, replica, seen, state } = await replicas([], () => ({
        status: 425,
        json: { blocked: '1789 segundos' },
      }))
      await one.call(call(READ, { id: '1' }))
      expect(await two.call(call(READ, { id: '2' }))).toMatchObject({ error: { kind: 'blocked', retryAfterS: 1789 } })
      expect(two.openCircuits()).toMatchObject([{ company: AURORA, operation: 'POST /vendors' }])
      await state.stop()
      const after = replica(await stateAt(place, 'a'))
      expect(await after.call(call(WRITE, { id: '3' }))).toMatchObject({ kind: 'failed', error: { kind: 'blocked' } })
      expect(seen).toHaveLength(1)
    })

    test('a request to wait that concerns the whole key holds back the other for as long', async () => {
      const limits: LimitRule[] = []
      const { one, two, seen } = await replicas(limits, (_, n) =>
        n === 1 ? { status: 429, headers: { 'retry-after': '30' }, text: 'quota exceeded' } : OK(),
      )
      expect(await one.call(call(READ, { id: '1' }))).toMatchObject({
        error: { kind: 'rate_limited', retryAfterS: 30 },
      })
      expect(await two.call(call(OTHER, { id: '2' }))).toMatchObject({
        error: { kind: 'rate_limited', retryAfterS: 30 },
      })
      expect(await two.call(call(OTHER, { id: '2' }, { company: BRISA }))).toMatchObject({ kind: 'done' })
      expect(seen).toHaveLength(2)
    })

    test('when the time of a ban is over one read tries, through whichever, and only then the others go', async () => {
      const gate = Promise.withResolvers<void>()
      const { one, two, seen } = await replicas([], async (_, n) => {
        if (n === 1) return { status: 425, json: { blocked: '1 segundo' } }
        if (n === 2) await gate.promise
        return OK()
      })
      await one.call(call(READ, { id: '1' }))
      await new Promise((resolve) => setTimeout(resolve, 1_300))
      // Neither a payment nor a second read finds out for itself.
      expect(await two.call(call(WRITE, { id: '2' }))).toMatchObject({ kind: 'failed', error: { kind: 'blocked' } })
      const trying = one.call(call(READ, { id: '3' }))
      await expect.poll(() => seen.length).toBe(2)
      expect(await two.call(call(READ, { id: '4' }))).toMatchObject({ error: { kind: 'blocked' } })
      gate.resolve()
      expect(await trying).toMatchObject({ kind: 'done' })
      await expect.poll(async () => (await two.call(call(WRITE, { id: '5' }))).kind).toBe('done')
      expect(seen).toHaveLength(3)
    })

    test('an operation that only writes is tried once another read has gone well', async () => {
      const { one, two, seen } = await replicas([], (_, n) =>
        n === 1 ? { status: 425, json: { blocked: '1 segundo' } } : OK(),
      )
      await one.call(call(WRITE, { id: '1' }))
      await new Promise((resolve) => setTimeout(resolve, 1_300))
      expect(await two.call(call(WRITE, { id: '2' }))).toMatchObject({ kind: 'failed', error: { kind: 'blocked' } })
      expect(await one.call(call(OTHER, { id: '3' }))).toMatchObject({ kind: 'done' })
      await expect.poll(async () => (await two.call(call(WRITE, { id: '4' }))).kind).toBe('done')
      expect(seen.length).toBe(3)
    })

    test('while the database cannot be asked nothing is sent', async () => {
      const { one, seen, state } = await replicas([{ key: ['ip'], max: 5, perMs: 60_000, onHit: 'wait' }], OK)
      await state.stop()
      expect(await one.call(call(WRITE, { id: '1' }))).toMatchObject({
        kind: 'failed',
        error: { kind: 'rate_limited' },
      })
      expect(seen).toHaveLength(0)
    })
  })
})
