import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ServerProcess, spawnServer } from '../../../engine/commands/server-process.ts'
import { verifyChain } from '../../../engine/contract/ledger.ts'
import { openAudit } from '../../../servers/state/audit.ts'
import { type Balancer, startBalancer } from '../../helpers/balancer.ts'
import { freePort } from '../../helpers/free-port.ts'
import { type Line, openLine } from '../../helpers/line/line.ts'
import { modern, post } from '../../helpers/mcp/post.ts'
import { needs } from '../../helpers/needs.ts'
import { type Postgres, query, startPostgres } from '../../helpers/postgres.ts'
import { stateFolder } from '../../helpers/state/databases.ts'

// That replicas behind a real balancer, configured as servers/README.md says, are exchanged without a failed call, and that
// a replica or the database that dies under load costs nothing but answers: no call is lost, none is made twice.

/** What a call came to: `done`, `replayed`, the code of the refusal, or the status of an answer that was none. */
interface Came {
  reference: string
  agent: string
  as: string
}

describe.skipIf(needs('postgres', 'haproxy').missing !== null)('replicas behind a balancer', () => {
  let postgres: Postgres
  let url: string
  let line: Line
  let balancer: Balancer
  const folder = stateFolder()
  const ports: number[] = []
  const replicas: ServerProcess[] = []

  const start = async (index: number, more: Record<string, string> = {}): Promise<ServerProcess> => {
    const { env } = line.alcada
    const state = join(folder, `r${index}`)
    mkdirSync(state, { mode: 0o700, recursive: true })
    const own = {
      ALCADA_REPLICA: `r${index}`,
      ALCADA_STATE_DIR: state,
      ALCADA_PORT: String(ports[index] ?? 0),
      ALCADA_OPS_PORT: '0',
    }
    const key = { ALCADA_MASK_KEY_FILE: join(env['ALCADA_STATE_DIR'] ?? '', 'mask.key') }
    return spawnServer({ env: { ...env, ...own, ...key, ...more }, logFile: join(state, 'server.log') })
  }
  beforeAll(async () => {
    postgres = await startPostgres()
    url = await postgres.database()
    line = await openLine({
      erp: 'tryton',
      free: true,
      standIn: { limitFactor: 1_000 },
      env: { ALCADA_DATABASE_URL: url, ALCADA_REPLICA: 'a' },
      edits: [['erps/tryton/erp.yaml', 'concurrency: 8', 'concurrency: 200']],
    })
    ports.push(await freePort(), await freePort())
    for (const index of [0, 1]) replicas[index] = await start(index)
    balancer = await startBalancer(ports.map((port) => `127.0.0.1:${port}`))
  })
  afterAll(async () => {
    await balancer?.stop()
    for (const replica of replicas) await replica.stop()
    await line?.stop()
    await postgres?.stop()
  })

  const tokens = new Map<string, string>()
  const tokenOf = (agent: string): string => {
    const token = tokens.get(agent) ?? line.alcada.token('operator', { sub: agent, for: `person-of-${agent}` })
    tokens.set(agent, token)
    return token
  }
  async function create(agent: string, reference: string): Promise<Came> {
    const args = { name: reference, reference, document: '52998224725' }
    const sent = modern(
      'tools/call',
      { name: 'create_vendor', arguments: args },
      { authorization: `Bearer ${tokenOf(agent)}` },
    )
    const as = await post(balancer.mcp, sent).then(
      ({ status, json }) => {
        const content = Object(Object(Object(json).result).structuredContent)
        if (content.data !== undefined) return content.alcada?.replayed === true ? 'replayed' : 'done'
        return String(Object(content.error).code ?? status)
      },
      () => 'broken',
    )
    // Where nobody serves, a client waits a moment.
    if (as === '503') await setTimeout(100)
    return { reference, agent, as }
  }
  /** So many clients that call without a pause, until told to stop. */
  function clients(name: string, count: number): { came: Came[]; stop(): Promise<Came[]> } {
    const came: Came[] = []
    let stopped = false
    const one = async (index: number): Promise<void> => {
      for (let number = 0; !stopped; number += 1)
        came.push(await create(`agent-${index}`, `${name}-${index}-${number}`))
    }
    const all = Promise.all(Array.from({ length: count }, (_, index) => one(index)))
    return {
      came,
      async stop() {
        stopped = true
        await all
        return came
      },
    }
  }
  /** How often the ERP was asked for each. */
  function asked(name: string): Map<string, number> {
    const counts = new Map<string, number>()
    for (const { operation, params } of line.standIn.received) {
      if (operation !== 'model.party.party.create') continue
      const [reference] = new RegExp(`${name}-\\d+-\\d+`).exec(JSON.stringify(params)) ?? []
      if (reference !== undefined) counts.set(reference, (counts.get(reference) ?? 0) + 1)
    }
    return counts
  }
  const tally = (came: readonly Came[]): Record<string, number> => {
    const counts: Record<string, number> = {}
    for (const { as } of came) counts[as] = (counts[as] ?? 0) + 1
    return counts
  }
  const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
    while (!(await holds())) await setTimeout(20)
  }
  const isReady = async (port: number | undefined): Promise<boolean> =>
    fetch(`http://127.0.0.1:${port}/health/ready`).then(
      ({ status }) => status === 200,
      () => false,
    )
  /** Nothing was made twice, nothing that was answered is missing, and what nobody knows is known to be unknown. */
  async function nothingLost(name: string, came: readonly Came[]): Promise<void> {
    const first = asked(name)
    expect([...first.values()].filter((count) => count > 1)).toEqual([])
    const done = came.filter(({ as }) => as === 'done' || as === 'replayed')
    expect(done.filter(({ reference }) => first.get(reference) !== 1)).toEqual([])
    const others = came.filter(({ as }) => as !== 'done' && as !== 'replayed')
    const again: Came[] = []
    // No more at once than there were clients.
    for (let from = 0; from < others.length; from += 20) {
      const some = others.slice(from, from + 20)
      again.push(...(await Promise.all(some.map(({ agent, reference }) => create(agent, reference)))))
    }
    expect(again.filter(({ as }) => !['done', 'replayed', 'outcome_unknown'].includes(as))).toEqual([])
    const audit = openAudit({ path: folder, erp: 'tryton', databaseUrl: url })
    const unknown = again.filter(({ as }) => as === 'outcome_unknown')
    expect((await audit.unknown()).length).toBeGreaterThanOrEqual(unknown.length)
    await audit.close()
    expect([...asked(name).values()].filter((count) => count > 1)).toEqual([])
  }

  test('are exchanged one after the other while 20 clients call, and no call fails', { timeout: 120_000 }, async () => {
    const calling = clients('R', 20)
    for (const index of [0, 1]) {
      const before = calling.came.length
      await until(() => calling.came.length > before + 40)
      await replicas[index]?.stop()
      replicas[index] = await start(index)
      // Until the balancer has looked, and once more.
      await setTimeout(2_000)
    }
    const came = await calling.stop()
    expect(came.length).toBeGreaterThan(80)
    expect(came.filter(({ as }) => as !== 'done')).toEqual([])
    await nothingLost('R', came)
  })

  test('one that is killed while 100 clients call costs at most the calls it was running, and none is made twice', {
    timeout: 120_000,
  }, async () => {
    const calling = clients('K', 100)
    await until(() => calling.came.length > 100)
    const killed = replicas[0]
    if (killed === undefined) throw new Error('expected a replica')
    process.kill(killed.pid, 'SIGKILL')
    await killed.exited
    // Its lease of ten seconds ends now.
    await query(url, "UPDATE erp_tryton.instances SET until_ms = 0 WHERE replica = 'r0'")
    const after = calling.came.length
    await until(() => calling.came.length > after + 150)
    const came = await calling.stop()
    const failed = came.filter(({ as }) => as !== 'done' && as !== 'replayed')
    // Only what the killed one was running, at most one call of each client.
    expect(Object.keys(tally(failed)).filter((code) => code !== 'outcome_unknown')).toEqual([])
    expect(failed.length).toBeLessThanOrEqual(100)
    replicas[0] = await start(0)
    await nothingLost('K', came)
  })

  test('that lose PostgreSQL refuse, and go on by themselves when it is back', { timeout: 120_000 }, async () => {
    const calling = clients('P', 20)
    await until(() => calling.came.length > 40)
    await postgres.crash()
    await until(async () => !(await isReady(ports[0])) && !(await isReady(ports[1])))
    const during = asked('P').size
    const before = calling.came.length
    await until(() => calling.came.length > before + 40)
    // What had its entry may still have been on its way.
    expect(asked('P').size).toBeLessThanOrEqual(during + 20)
    await postgres.start()
    await until(async () => (await isReady(ports[0])) && (await isReady(ports[1])))
    const back = calling.came.length
    await until(() => calling.came.slice(back).filter(({ as }) => as === 'done').length > 40)
    const came = await calling.stop()
    await nothingLost('P', came)
    const audit = openAudit({ path: folder, erp: 'tryton', databaseUrl: url })
    for (const replica of ['r0', 'r1']) {
      const rows = await Array.fromAsync(audit.rows(replica, null))
      expect(verifyChain(rows)).toMatchObject({ ok: true, rows: rows.length })
    }
    await audit.close()
  })

  test('do not start with a clock that is another than the database has', async () => {
    const shifted = 'const now = Date.now; Date.now = () => now() + 3600000'
    const told = start(2, { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(shifted)}` })
    await expect(told).rejects.toThrow(/the clock here is 3[56]\d\d s ahead of that of the database/)
  })
})
