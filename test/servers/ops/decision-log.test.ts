import { afterEach, expect, test } from 'vitest'
import { type DecisionLogOptions, startDecisionLog } from '../../../servers/ops/decision-log.ts'
import { openState, type State } from '../../../servers/state/state.ts'
import { type LogReceiver, startLogReceiver } from '../../helpers/log-receiver.ts'
import { stateFolder } from '../../helpers/state/databases.ts'
import { payment, WEDNESDAY } from '../state/fixtures.ts'

const stops: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

async function receiver(): Promise<LogReceiver> {
  const started = await startLogReceiver()
  stops.push(started.close)
  return started
}

async function ledger(path: string = stateFolder()): Promise<State> {
  const state = await openState({ path, erp: 'omie', now: () => WEDNESDAY })
  stops.push(() => state.stop())
  return state
}

function send(state: State, url: string, more: Partial<DecisionLogOptions> = {}): () => Promise<void> {
  const labels = { erp: 'omie', replica: '', version: '0.1.0' }
  const rules = (): { allRequests: boolean; sensitiveNames: boolean } => ({ allRequests: true, sensitiveNames: false })
  const log = startDecisionLog({
    ...{ state, url, token: 'secret-of-the-log', labels, rules, everyMs: 10, onError: () => undefined },
    ...more,
  })
  stops.push(() => log.stop())
  return log.stop
}

function ids({ got }: LogReceiver): string[][] {
  return got.map((events) => events.map(({ decision_id }) => decision_id))
}

async function until(met: () => boolean): Promise<void> {
  while (!met()) await new Promise((resolve) => setTimeout(resolve, 10))
}

test('decisions go out once, in order, as a gzip of a JSON array to /logs, with the token', async () => {
  const [state, to] = [await ledger(), await receiver()]
  for (const reference of ['A', 'B']) await state.open(payment({ reference }))
  send(state, to.url)
  await until(() => to.got.length > 0)
  await state.open(payment({ reference: 'C' }))
  await until(() => to.got.length > 1)
  expect(ids(to)).toEqual([['omie-000000001', 'omie-000000002'], ['omie-000000003']])
  expect(to.authorization).toBe('Bearer secret-of-the-log')
})

test('a receiver that fails gets everything later, also after a restart, and nothing twice', async () => {
  const to = await receiver()
  const path = stateFolder()
  const before = await ledger(path)
  await before.open(payment({ reference: 'A' }))
  to.answers = Array.from({ length: 100 }, () => 503)
  const errors: string[] = []
  const stop = send(before, to.url, { onError: (message) => errors.push(message) })
  await until(() => errors.length > 1)
  await stop()
  await before.stop()
  expect(errors[0]).toBe('the receiver of decisions answered 503')
  expect(to.got).toEqual([])
  to.answers = []
  const after = await ledger(path)
  await after.open(payment({ reference: 'B' }))
  send(after, to.url)
  await until(() => to.got.length > 0)
  expect(ids(to)).toEqual([['omie-000000001', 'omie-000000002']])
})

test('a receiver that finds a request too large gets smaller ones', async () => {
  const [state, to] = [await ledger(), await receiver()]
  to.answers = Array.from({ length: 7 }, () => 413)
  for (const reference of ['A', 'B', 'C']) await state.open(payment({ reference }))
  send(state, to.url, { everyMs: 1 })
  await until(() => to.got.flat().length === 3)
  expect(ids(to)[0]).toEqual(['omie-000000001'])
  expect(ids(to).flat()).toEqual(['omie-000000001', 'omie-000000002', 'omie-000000003'])
})

test('while no policy says what belongs in the log nothing leaves', async () => {
  const [state, to] = [await ledger(), await receiver()]
  await state.open(payment())
  let asked = 0
  const stop = send(state, to.url, {
    rules: () => {
      asked += 1
      return null
    },
  })
  await until(() => asked > 2)
  await stop()
  expect(to.got).toEqual([])
})
