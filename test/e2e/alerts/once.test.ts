import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type ServerProcess, spawnServer } from '../../../engine/commands/server-process.ts'
import { needs } from '../../helpers/needs.ts'
import { type Postgres, startPostgres } from '../../helpers/postgres.ts'
import { type Receivers, startReceivers } from '../../helpers/receivers.ts'
import { stateFolder } from '../../helpers/state/databases.ts'
import { type Alerting, startAlerting, until } from './alerting.ts'

const FULL = { disk_space: '{ threshold: 0.000001, severity: critical, for: "0s" }' }
const EMPTY = { disk_space: '{ threshold: 1.0, severity: critical, for: "0s" }' }

let receivers: Receivers
let line: Alerting | null = null
beforeEach(async () => {
  receivers = await startReceivers()
})
afterEach(async () => {
  await line?.stop()
  line = null
  await receivers.close()
})

const turns = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1_000))

test('a webhook that fails is told again, and then no more; what mail has is not sent again', {
  timeout: 240_000,
}, async () => {
  receivers.fail(2)
  line = await startAlerting(receivers, FULL)
  await until(() => receivers.posts.length > 0)
  expect(receivers.failed()).toBe(2)
  await turns(5)
  expect(receivers.posts).toHaveLength(1)
  expect(receivers.mails).toHaveLength(1)
  // The address behind `secret:` is one.
  expect(line.alcada.log()).not.toContain('/hook')
})

test('a process that was killed tells nothing twice, and still tells the end', { timeout: 240_000 }, async () => {
  const started = await startAlerting(receivers, FULL)
  line = started
  await until(() => receivers.posts.length === 1 && receivers.mails.length === 1)
  await until(() => started.alcada.log().split('"alert.told"').length === 3)
  await started.alcada.restart({ hard: true })
  await turns(8)
  expect([receivers.posts.length, receivers.mails.length]).toEqual([1, 1])
  await started.alerts(EMPTY)
  await until(() => receivers.posts.length === 2 && receivers.mails.length === 2)
  expect(receivers.posts[1]).toContain('Resolvido: espaço em disco')
})

describe.skipIf(needs('postgres').missing !== null)('two server processes on one PostgreSQL', () => {
  let postgres: Postgres
  let other: ServerProcess | null = null
  beforeEach(async () => {
    postgres = await startPostgres()
  })
  afterEach(async () => {
    await other?.stop()
    await line?.stop()
    line = null
    await postgres.stop()
  })

  test('an alert that both see is told once, and so is its end, also when the one that told is gone', {
    timeout: 300_000,
  }, async () => {
    const ALCADA_DATABASE_URL = await postgres.database()
    const started = await startAlerting(receivers, FULL, { env: { ALCADA_DATABASE_URL, ALCADA_REPLICA: 'a' } })
    line = started
    const { env } = started.alcada
    const state = join(stateFolder(), 'b')
    mkdirSync(state, { mode: 0o700 })
    other = await spawnServer({
      env: {
        ...env,
        ALCADA_REPLICA: 'b',
        ALCADA_STATE_DIR: state,
        ALCADA_MASK_KEY_FILE: join(env['ALCADA_STATE_DIR'] ?? '', 'mask.key'),
        ALCADA_PORT: '0',
        ALCADA_OPS_PORT: '0',
      },
      logFile: join(state, 'server.log'),
    })
    await until(() => receivers.posts.length > 0 && receivers.mails.length > 0)
    // Both tell it to Prometheus, whichever judges.
    for (const ops of [started.alcada.ops, other.ops]) {
      await until(async () => (await (await fetch(`${ops}/metrics`)).text()).includes('alert="disk_space"'))
    }
    await started.alcada.restart({ hard: true })
    await turns(8)
    expect([receivers.posts.length, receivers.mails.length]).toEqual([1, 1])
    await started.alerts(EMPTY)
    await until(() => receivers.posts.length > 1 && receivers.mails.length > 1)
    await turns(3)
    expect(receivers.posts.map((post) => post.includes('Resolvido'))).toEqual([false, true])
    expect(receivers.mails).toHaveLength(2)
  })
})
