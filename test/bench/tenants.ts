import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { modern } from '../helpers/mcp/post.ts'
import { needs } from '../helpers/needs.ts'
import { query, startPostgres } from '../helpers/postgres.ts'
import { type Figure, median } from './figures.ts'
import { load, type Shot } from './load.ts'
import { type OneServer, startOne } from './one-server.ts'
import { startPeer } from './peer.ts'
import { cpuUs, ownMemoryMb } from './process-figures.ts'

/** Servers side by side: what is shared among them is counted once. */
const SERVERS = 4
const IDLE_S = 15
const CALLS_S = 4

/** What one tenant's server costs where many stand on one machine. */
export async function tenants(): Promise<Figure[]> {
  const erp = await startPeer('erp')
  const servers: OneServer[] = []
  for (let count = 0; count < SERVERS; count += 1) servers.push(await startOne(erp.url))
  const started = servers.map(({ pid }) => cpuOf(pid))
  const idle = servers.map(({ pid }) => memoryOf(pid))
  const before = servers.map(({ pid }) => cpuOf(pid))
  await setTimeout(IDLE_S * 1_000)
  const quiet = servers.map(({ pid }, index) => (cpuOf(pid) - (before[index] ?? 0)) / (IDLE_S * 10_000))
  const [one] = servers
  if (one === undefined) throw new Error('expected a server')
  const empty = diskOf(one.state)
  const warm = await load(read(one), 16, CALLS_S)
  const cpu = cpuOf(one.pid)
  const { sent } = await load(read(one), 16, CALLS_S)
  const perCall = (cpuOf(one.pid) - cpu) / sent
  const figures: Figure[] = [
    figure(`memory of an idle server, ${SERVERS} side by side`, `${median(idle).toFixed(0)} MB`),
    figure('the same after calls', `${memoryOf(one.pid).toFixed(0)} MB`),
    figure(
      'start to ready, one after the other',
      `${median(servers.map(({ readyMs }) => readyMs)).toFixed(0)} ms, CPU ${(median(started) / 1_000).toFixed(0)} ms`,
    ),
    figure('an idle server, of one core', `${median(quiet).toFixed(2)} %`),
    figure(
      'reads a second that one core gives',
      `${(1_000_000 / perCall).toFixed(0)} (CPU ${perCall.toFixed(0)} us each)`,
    ),
    figure(
      'disk: empty state, and a call with its two entries',
      `${(empty / 1_024).toFixed(0)} kB, ${((diskOf(one.state) - empty) / (warm.sent + sent) / 1_024).toFixed(1)} kB`,
    ),
  ]
  for (const server of servers) await server.stop()
  figures.push(...(await onPostgres(erp.url)))
  erp.stop()
  return figures
}

/** What the same needs of a PostgreSQL that many tenants share. */
async function onPostgres(baseUrl: string): Promise<Figure[]> {
  if (needs('postgres').missing !== null) return []
  const postgres = await startPostgres({ durable: true })
  const url = await postgres.database()
  const server = await startOne(baseUrl, { ALCADA_DATABASE_URL: url, ALCADA_REPLICA: 'a' })
  await load(read(server), 16, CALLS_S)
  const rows = await query(url, "SELECT pid FROM pg_stat_activity WHERE application_name = 'alcada'")
  const memory = rows.map((row) => memoryOf(Number(row['pid'])))
  await server.stop()
  await postgres.stop()
  return [
    figure('PostgreSQL: connections of a server, memory of each', `${rows.length}, ${median(memory).toFixed(0)} MB`),
  ]
}

function figure(what: string, ours: string): Figure {
  return { what, ours, peer: null, ratio: null }
}

function read({ mcp, token }: OneServer): Shot {
  const { headers = {}, body } = modern('tools/call', { name: 'get_payment_by_id', arguments: { id: '1' } })
  const shared = { accept: 'application/json, text/event-stream', 'content-type': 'application/json' }
  return { url: mcp, headers: { ...shared, ...headers, authorization: `Bearer ${token}` }, body: String(body) }
}

function cpuOf(pid: number): number {
  return cpuUs(pid) ?? Number.NaN
}

function memoryOf(pid: number): number {
  return ownMemoryMb(pid) ?? Number.NaN
}

function diskOf(folder: string): number {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return names.map((name) => statSync(join(folder, name))).reduce((sum, { size }) => sum + size, 0)
}
