import { expect, test } from 'vitest'
import { openState } from '../../../servers/state/state.ts'
import { failedAuthentications } from '../../../servers/wiring/failed-authentications.ts'
import { stateFolder } from '../../helpers/state/databases.ts'

const NOW = Date.parse('2026-11-25T13:00:00Z')

test('what two thousand sources try in a minute becomes a thousand entries and one for the others', async () => {
  const state = await openState({ path: stateFolder(), erp: 'omie', now: () => NOW })
  const failures = failedAuthentications(
    state,
    () => NOW,
    (error) => expect.unreachable(error.message),
  )
  for (let source = 0; source < 2_000; source += 1)
    failures.failed(`10.0.${source >> 8}.${source & 255}`, 'token_invalid', true)
  await failures.stop()
  const entries = (await state.entries(1, 2_000)).flatMap(({ event }) => (event.kind === 'recorded' ? [event] : []))
  expect(entries).toHaveLength(1_001)
  expect(entries.at(-1)).toMatchObject({ what: 'authentication_failed', source: 'others', count: 1_000, caller: null })
  await state.stop()
})

test('what one source tries is one entry, however differently it tries', async () => {
  const state = await openState({ path: stateFolder(), erp: 'omie', now: () => NOW })
  const failures = failedAuthentications(
    state,
    () => NOW,
    (error) => expect.unreachable(error.message),
  )
  for (const code of ['token_invalid', 'wrong_issuer', 'token_invalid']) failures.failed('10.0.0.1', code, true)
  await failures.stop()
  expect((await state.entries(1, 10)).map(({ event }) => event)).toMatchObject([
    { what: 'authentication_failed', code: 'several', count: 3, source: '10.0.0.1' },
  ])
  await state.stop()
})

test('a run is of one source, ends where it succeeds or nothing more comes, and counts no genuine token', async () => {
  const state = await openState({ path: stateFolder(), erp: 'omie', now: () => NOW })
  let now = NOW
  const failures = failedAuthentications(
    state,
    () => now,
    (error) => expect.unreachable(error.message),
  )
  for (const source of ['a', 'b', 'a', 'a']) failures.failed(source, 'token_invalid', true)
  failures.failed('a', 'token_expired', false)
  expect(failures.runs(1_000)).toEqual({ a: 3, b: 1 })
  failures.succeeded('a')
  expect(failures.runs(1_000)).toEqual({ b: 1 })
  now += 1_001
  expect(failures.runs(1_000)).toEqual({})
  failures.failed('b', 'token_invalid', true)
  expect(failures.runs(1_000)).toEqual({ b: 2 })
  await failures.stop()
  await state.stop()
})
