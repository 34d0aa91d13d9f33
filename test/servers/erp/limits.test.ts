import { afterEach, describe, expect, test } from 'vitest'
import type { LimitRule } from '../../../engine/contract/erp.ts'
import { AURORA, BRISA, call, catalogue, client, closing, erp, erpServer, write } from './erp-on-loopback.ts'
import { limited, OK, OTHER, READ, WRITE } from './limited.ts'

const open = closing()
afterEach(open.all)

describe('wait', () => {
  test('no more calls than declared within any window, as the ERP counts them', async () => {
    const at: number[] = []
    const { one } = await limited(open, [{ key: ['credential'], max: 3, perMs: 150, onHit: 'wait' }], () => {
      at.push(performance.now())
      return OK()
    })
    const outcomes = await Promise.all(Array.from({ length: 9 }, (_, id) => one.call(call(READ, { id: String(id) }))))
    expect(outcomes.every(({ kind }) => kind === 'done')).toBe(true)
    for (const [index, time] of at.entries()) {
      const fourth = at[index + 3]
      if (fourth !== undefined) expect(fourth - time).toBeGreaterThanOrEqual(150)
    }
  })

  test('no more at once than declared, in the order they came', async () => {
    const running = { now: 0, most: 0 }
    const { one, seen } = await limited(
      open,
      [{ key: ['credential', 'operation'], concurrency: 2, onHit: 'wait' }],
      async () => {
        running.most = Math.max(running.most, ++running.now)
        await new Promise((resolve) => setTimeout(resolve, 10))
        running.now--
        return OK()
      },
    )
    await Promise.all(Array.from({ length: 8 }, (_, id) => one.call(call(READ, { id: String(id) }))))
    expect(running.most).toBe(2)
    expect(seen.slice(2).map(({ body }) => JSON.stringify(body))).toEqual(
      [2, 3, 4, 5, 6, 7].map((id) => `{"id":"${id}"}`),
    )
  })

  test.each<[LimitRule['key'], number]>([
    [['ip'], 1],
    [['credential'], 2],
    [['operation'], 2],
    [['credential', 'operation'], 4],
  ])('a budget by %o is one of %i', async (key, budgets) => {
    const { one, seen } = await limited(open, [{ key, max: 1, perMs: 60_000, onHit: 'wait' }], OK, { maxWaitMs: 20 })
    for (const company of [AURORA, BRISA])
      for (const of of [READ, OTHER]) await one.call(call(of, { id: '1' }, { company }))
    expect(seen).toHaveLength(budgets)
  })

  test('who waits too long is told when to come back, and nothing was sent', async () => {
    const { one, seen } = await limited(open, [{ key: ['ip'], max: 1, perMs: 60_000, onHit: 'wait' }], OK, {
      maxWaitMs: 20,
    })
    await one.call(call(WRITE, { id: '1' }))
    const outcome = await one.call(call(WRITE, { id: '2' }))
    expect(outcome).toEqual({
      kind: 'failed',
      error: { kind: 'rate_limited', message: 'the limit of the ERP is used up', retryAfterS: 60 },
    })
    expect(seen).toHaveLength(1)
  })

  test('the queue is bounded', async () => {
    const { one } = await limited(
      open,
      [{ key: ['ip'], concurrency: 1, onHit: 'wait' }],
      () => ({ raw: () => undefined }),
      {
        maxWaiting: 1,
        maxWaitMs: 50,
      },
    )
    const outcomes = await Promise.all([1, 2, 3].map((id) => one.call(call(READ, { id: String(id) }))))
    expect(outcomes.slice(1)).toMatchObject([
      { kind: 'failed', error: { kind: 'busy', retryAfterS: 1 } },
      { kind: 'failed', error: { kind: 'busy', retryAfterS: 1 } },
    ])
  })

  test('who gives up while waiting leaves the queue', async () => {
    const { one, seen } = await limited(open, [{ key: ['ip'], max: 1, perMs: 60_000, onHit: 'wait' }], OK)
    await one.call(call(READ, { id: '1' }))
    const leaving = new AbortController()
    const outcome = one.call(call(WRITE, { id: '2' }, { signal: leaving.signal }))
    leaving.abort()
    expect(await outcome).toMatchObject({ kind: 'failed', error: { kind: 'cancelled' } })
    expect(seen).toHaveLength(1)
  })

  test('whose time is up while waiting is told to come again', async () => {
    const { one, seen } = await limited(open, [{ key: ['ip'], max: 1, perMs: 60_000, onHit: 'wait' }], OK)
    await one.call(call(READ, { id: '1' }))
    const outcome = await one.call(call(WRITE, { id: '2' }, { signal: AbortSignal.timeout(20) }))
    expect(outcome).toMatchObject({ kind: 'failed', error: { kind: 'busy', retryAfterS: 1 } })
    expect(seen).toHaveLength(1)
  })

  test('a limit of writes holds up no read', async () => {
    const running = { reads: 0, writes: 0, most: { reads: 0, writes: 0 } }
    const limits: LimitRule[] = [{ key: ['credential'], of: 'writes', concurrency: 1, onHit: 'wait' }]
    const server = open.add(
      await erpServer(async ({ method }) => {
        const kind = method === 'GET' ? 'reads' : 'writes'
        running.most[kind] = Math.max(running.most[kind], ++running[kind])
        await new Promise((resolve) => setTimeout(resolve, 20))
        running[kind]--
        return OK()
      }),
    )
    const reading = { ...READ, native: { path: '/vendors', method: 'GET' as const } }
    const one = open.add(client(catalogue(erp(server.url, { limits }), reading, WRITE)))
    await Promise.all(['1', '2', '3'].flatMap((id) => [one.call(call(reading, { id })), one.call(call(WRITE, { id }))]))
    expect(running.most).toEqual({ reads: 3, writes: 1 })
  })
})

describe('cache', () => {
  const CACHE: LimitRule[] = [{ key: ['credential', 'operation', 'args'], max: 1, perMs: 60_000, onHit: 'cache' }]

  test('an identical read is answered from memory, with its age, until the window is over', async () => {
    const clock = { now: 1_000_000 }
    const { one, seen } = await limited(open, CACHE, OK, { now: () => clock.now })
    const first = await one.call(call(READ, { id: '1' }))
    clock.now += 59_000
    expect(await one.call(call(READ, { id: '1' }))).toEqual({ ...first, ageS: 59 })
    expect(seen).toHaveLength(1)
    clock.now += 1_001
    expect(await one.call(call(READ, { id: '1' }))).toMatchObject({ ageS: 0 })
    expect(seen).toHaveLength(2)
  })

  test('other arguments, another tool and another company are asked for', async () => {
    const { one, seen } = await limited(open, CACHE, OK)
    await one.call(call(READ, { id: '1' }))
    await one.call(call(READ, { id: '2' }))
    await one.call(call(OTHER, { id: '1' }))
    await one.call(call(READ, { id: '1' }, { company: BRISA }))
    expect(seen).toHaveLength(4)
  })

  test('any write of that company makes it forget, whatever became of the write; other companies keep theirs', async () => {
    const { one, seen } = await limited(open, CACHE, (n) =>
      n === 3 ? { raw: (response) => void response.destroy() } : OK(),
    )
    await one.call(call(READ, { id: '1' }))
    await one.call(call(READ, { id: '1' }, { company: BRISA }))
    expect(await one.call(call(WRITE, { id: '9' }))).toMatchObject({ kind: 'unknown' })
    await one.call(call(READ, { id: '1' }))
    await one.call(call(READ, { id: '1' }, { company: BRISA }))
    expect(seen).toHaveLength(4)
  })

  test('a read that was under way during a write is not kept', async () => {
    const slow = Promise.withResolvers<void>()
    const { one, seen } = await limited(open, CACHE, async (n) => {
      if (n === 1) await slow.promise
      return OK()
    })
    const reading = one.call(call(READ, { id: '1' }))
    await one.call(call(WRITE, { id: '9' }))
    slow.resolve()
    await reading
    await one.call(call(READ, { id: '1' }))
    expect(seen).toHaveLength(3)
  })

  test('identical reads at the same time are one', async () => {
    const { one, seen } = await limited(open, CACHE, OK)
    const outcomes = await Promise.all([1, 2, 3].map(() => one.call(call(READ, { id: '1' }))))
    expect(outcomes.map(({ kind }) => kind)).toEqual(['done', 'done', 'done'])
    expect(seen).toHaveLength(1)
  })

  test('who asks for nothing older than now gets nothing older, and who allows an age gets it without a limit too', async () => {
    const clock = { now: 1_000_000 }
    const cached = await limited(open, CACHE, OK, { now: () => clock.now })
    await cached.one.call(call(READ, { id: '1' }))
    clock.now += 1_000
    await cached.one.call(call(READ, { id: '1' }, { maxAgeS: 0 }))
    expect(cached.seen).toHaveLength(2)

    const server = open.add(await erpServer(OK))
    const using = write({ resolve: [{ as: 'vendor', tool: READ.name, args: {}, maxAgeS: 60 }] })
    const one = open.add(client(catalogue(erp(server.url), READ, using), { now: () => clock.now }))
    await one.call(call(READ, { id: '1' }))
    clock.now += 30_000
    expect(await one.call(call(READ, { id: '1' }, { maxAgeS: 30 }))).toMatchObject({ ageS: 30 })
    await one.call(call(READ, { id: '1' }, { maxAgeS: 29 }))
    await one.call(call(READ, { id: '1' }))
    expect(server.seen).toHaveLength(3)
  })

  test('an error is not kept, and a write is never answered from memory', async () => {
    const { one, seen } = await limited(open, CACHE, (n) => (n === 1 ? { status: 500, json: { error: 'x' } } : OK()))
    await one.call(call(READ, { id: '1' }))
    expect(await one.call(call(READ, { id: '1' }))).toMatchObject({ kind: 'done' })
    await one.call(call(WRITE, { id: '1' }))
    await one.call(call(WRITE, { id: '1' }))
    expect(seen).toHaveLength(4)
  })

  test('no more answers are kept than allowed', async () => {
    const { one, seen } = await limited(open, CACHE, OK, { maxAnswers: 2 })
    for (const id of ['1', '2', '3', '3', '2', '1']) await one.call(call(READ, { id }))
    expect(seen.map(({ body }) => JSON.stringify(body))).toEqual(['1', '2', '3', '1'].map((id) => `{"id":"${id}"}`))
  })
})

describe('circuit', () => {
  const CIRCUIT: LimitRule[] = [{ key: ['credential', 'operation'], errors: 3, perMs: 60_000, onHit: 'circuit' }]

  test('opens after the declared number of errors, for that operation and company alone, and closes with the window', async () => {
    const clock = { now: 1_000_000 }
    const { one, seen } = await limited(open, CIRCUIT, () => ({ json: { error: 'not found' } }), {
      now: () => clock.now,
    })
    for (const id of ['1', '2', '3']) {
      await one.call(call(READ, { id }))
      clock.now += 10_000
    }
    expect(one.openCircuits()).toEqual([{ company: AURORA, operation: 'POST /vendors', until: 1_060_000 }])
    expect(await one.call(call(READ, { id: '4' }))).toEqual({
      kind: 'failed',
      error: { kind: 'blocked', message: 'the ERP is left alone after its errors', retryAfterS: 30 },
    })
    expect(await one.call(call(WRITE, { id: '4' }))).toMatchObject({ kind: 'failed', error: { kind: 'blocked' } })
    expect(seen).toHaveLength(3)
    await one.call(call(OTHER, { id: '4' }))
    await one.call(call(READ, { id: '4' }, { company: BRISA }))
    expect(seen).toHaveLength(5)
    clock.now += 30_000
    expect(one.openCircuits()).toEqual([])
    await one.call(call(READ, { id: '5' }))
    expect(seen).toHaveLength(6)
    expect(one.openCircuits()).toMatchObject([{ until: 1_070_000 }])
  })

  test('calls that waited while it opened do not reach the ERP', async () => {
    const limits: LimitRule[] = [...CIRCUIT, { key: ['ip'], concurrency: 1, onHit: 'wait' }]
    const { one, seen } = await limited(open, limits, () => ({ json: { error: 'x' } }))
    await Promise.all([1, 2, 3, 4, 5, 6].map((id) => one.call(call(READ, { id: String(id) }))))
    expect(seen).toHaveLength(3)
  })

  test('a success does not count', async () => {
    const { one, seen } = await limited(open, CIRCUIT, OK)
    for (const id of ['1', '2', '3', '4', '5']) await one.call(call(READ, { id }))
    expect(seen).toHaveLength(5)
  })

  test('a ban that the ERP pronounces is kept to its end, without a declared limit', async () => {
    const clock = { now: 1_000_000 }
    const { one, seen } = await limited(open, [], () => ({ status: 425, json: { blocked: '1789 segundos' } }), {
      now: () => clock.now,
    })
    await one.call(call(READ, { id: '1' }))
    clock.now += 1_788_000
    expect(await one.call(call(READ, { id: '2' }))).toMatchObject({ error: { kind: 'blocked', retryAfterS: 1 } })
    expect(seen).toHaveLength(1)
    clock.now += 1_000
    await one.call(call(READ, { id: '2' }))
    expect(seen).toHaveLength(2)
  })

  test('a budget that is used up refuses at once', async () => {
    const { one, seen } = await limited(open, [{ key: ['ip'], max: 2, perMs: 60_000, onHit: 'circuit' }], OK)
    for (const id of ['1', '2', '3']) await one.call(call(READ, { id }))
    expect(await one.call(call(READ, { id: '4' }))).toMatchObject({ error: { kind: 'rate_limited', retryAfterS: 60 } })
    expect(seen).toHaveLength(2)
  })
})
