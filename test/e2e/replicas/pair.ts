import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Client } from '@modelcontextprotocol/client'
import type { ServerProcess } from '../../../engine/commands/server-process.ts'
import type { TokenOptions } from '../../helpers/alcada/start.ts'
import { type Line, type LineOptions, openLine, type Told, told } from '../../helpers/line/line.ts'
import { startReplica } from '../../helpers/line/replica.ts'
import { connect2026 } from '../../helpers/mcp/clients.ts'
import { type Postgres, startPostgres } from '../../helpers/postgres.ts'
import { stateFolder } from '../../helpers/state/databases.ts'

/** Replica `a` or `b`. */
export type Through = 0 | 1

/** Two server processes of one ERP on one PostgreSQL, and the stand-in ERP behind both. */
export interface Pair {
  /** Its server is replica `a`. */
  line: Line
  /** Of the database that they share. */
  url: string
  /** Holds the state folder `b` of replica `b`. */
  folder: string
  /** Address and process of replica `b`. */
  b(): ServerProcess
  /** Address of a replica's `/mcp`. */
  mcp(through: Through): URL
  /** Origin of a replica's operations listener. */
  ops(through: Through): string
  call(through: Through, role: string, tool: string, args: object, options?: TokenOptions): Promise<Told>
  /** What an approver does at a replica: `approve`, `reject` or nothing (to look). @returns the answer's status and body */
  decide(through: Through, person: string, id: string, verb: string): Promise<{ status: number; body: unknown }>
  /** The log of replica `b`, one JSON line an event. */
  log(): string
  /** Ends `b` at once, as a crash would. Its connections are broken. */
  kill(): Promise<void>
  /** Starts `b` again: another process, the same chain. */
  restart(): Promise<void>
  stop(): Promise<void>
}

export async function openPair(options: LineOptions): Promise<Pair> {
  const postgres: Postgres = await startPostgres()
  const url = await postgres.database()
  const shared = { ...options.env, ALCADA_DATABASE_URL: url }
  const line = await openLine({ ...options, env: { ...shared, ALCADA_REPLICA: 'a' } })
  const folder = stateFolder()
  let b = await startReplica(line, 'b', folder)
  const clients = new Map<string, Promise<Client>>()
  const mcp: Pair['mcp'] = (through) => (through === 0 ? line.alcada.mcp : new URL(b.mcp))
  const ops: Pair['ops'] = (through) => (through === 0 ? line.alcada.ops : b.ops)
  const hangUp = async (): Promise<void> => {
    for (const client of clients.values()) await (await client).close().catch(() => undefined)
    clients.clear()
  }
  return {
    line,
    url,
    folder,
    b: () => b,
    mcp,
    ops,
    async call(through, role, tool, args, token) {
      const key = JSON.stringify([through, role, token])
      const client = clients.get(key) ?? connect2026(mcp(through), line.alcada.token(role, token))
      clients.set(key, client)
      return told(await client, tool, args)
    },
    async decide(through, person, id, verb) {
      const token = line.alcada.token('approver', { sub: person, kind: 'human', purpose: 'approvals' })
      const response = await fetch(new URL(`/approvals/${id}/${verb}`, ops(through)), {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(verb === 'reject' ? { reason: 'not this one' } : {}),
      })
      return { status: response.status, body: await response.json() }
    },
    log: () => readFileSync(join(folder, 'b', 'server.log'), 'utf8'),
    async kill() {
      process.kill(b.pid, 'SIGKILL')
      await b.exited
    },
    async restart() {
      await hangUp()
      b = await startReplica(line, 'b', folder)
    },
    async stop() {
      await hangUp()
      await b.stop()
      await line.stop()
      await postgres.stop()
    },
  }
}
