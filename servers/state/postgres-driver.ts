import pg from 'pg'
import { sha256 } from '../../engine/contract/canonical.ts'
import { BatchError, type Driver } from './driver.ts'
import { changes, isFleeting, stepsOf } from './operations.ts'
import { POSTGRES_SCHEMA } from './schema.ts'
import type { Here, Query, SqlRow, Steps } from './sql.ts'
import {
  type FoundFormat,
  formatIn,
  formatStatements,
  isOurs,
  lacksHistory,
  NO_FORMAT,
  refuseNewer,
} from './state-format.ts'

export const POSTGRES_NOW_MS = '(extract(epoch from clock_timestamp()) * 1000)::bigint'

// Whoever writes has the ERP's schema to itself until the commit, across all replicas. One message to the database for
// all of it: every call waits for the way there and back.
const LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('alcada ' || current_schema(), 0))"
const BEGIN = `BEGIN; ${LOCK}`
const BEGIN_FLEETING = `BEGIN; SET LOCAL synchronous_commit TO off; ${LOCK}`
const TIMEOUT_MS = 10_000

/** Runs operations on PostgreSQL, each ERP in a schema of its own. Connects again by itself after a failure. */
export function postgresDriver(url: string, here: Here): Driver {
  let client: pg.Client | null = null
  const names = new Map<string, string>()

  async function connected(): Promise<pg.Client> {
    if (client !== null) return client
    const next = await connectPostgres(url)
    next.on('error', () => drop(next))
    next.on('end', () => drop(next))
    try {
      await prepareSchema(next, schemaOf(here.erp))
    } catch (error) {
      await next.end().catch(() => undefined)
      throw error
    }
    client = next
    return next
  }
  function drop(one: pg.Client): void {
    if (client === one) client = null
    void one.end().catch(() => undefined)
  }
  async function run(to: pg.Client, { text, values }: Omit<Query, 'blind'>): Promise<readonly SqlRow[]> {
    const name = names.get(text) ?? `q${names.size}`
    names.set(text, name)
    const clean = values.map((value) => (typeof value === 'string' ? value.replaceAll('\0', '') : value))
    const { rows } = await to.query<Record<string, unknown>>({ name, text: numbered(text), values: clean })
    return rows
  }

  return {
    async transact(batch) {
      const answers: unknown[] = []
      /** Sent and not waited for yet: the way to the database and back is what costs. */
      const sent: Promise<unknown>[] = []
      let at: BatchError['at'] = 'database'
      here.head = null
      let to: pg.Client | null = null
      try {
        to = await connected()
        const open = to
        const send = <Result>(result: Promise<Result>): Promise<Result> => {
          result.catch(() => undefined)
          sent.push(result)
          return result
        }
        const begin = batch.every(isFleeting) ? BEGIN_FLEETING : BEGIN
        // What is read together is of one moment, as in SQLite.
        void send(to.query(batch.some(changes) ? begin : 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY'))
        at = 'operation'
        const answer = async ({ blind = false, ...query }: Query): Promise<readonly SqlRow[]> => {
          if (!blind) return run(open, query)
          void send(run(open, query))
          return []
        }
        for (const asked of batch) answers.push(await walkAsync(stepsOf(here, asked), answer))
        // Of a transaction in which something failed, COMMIT undoes all, and says nothing of it.
        const committed = send(to.query('COMMIT'))
        await Promise.all(sent.filter((one) => one !== committed))
        at = 'database'
        await committed
        return answers
      } catch (cause) {
        if (to !== null && !(await rolledBack(to))) {
          drop(to)
          at = 'database'
        }
        throw new BatchError(at, cause)
      }
    },
    async close() {
      await client?.end()
    },
  }
}

export async function walkAsync<Answer>(
  steps: Steps<Answer>,
  run: (query: Query) => Promise<readonly SqlRow[]>,
): Promise<Answer> {
  let next = steps.next()
  while (next.done !== true) next = steps.next(await run(next.value))
  return next.value
}

async function rolledBack(client: pg.Client): Promise<boolean> {
  return client.query('ROLLBACK').then(
    () => true,
    () => false,
  )
}

/** `$1`, `$2`, … for each `?`. */
export function numbered(text: string): string {
  let count = 0
  return text.replaceAll('?', () => {
    count += 1
    return `$${count}`
  })
}

export function schemaOf(erp: string): string {
  const schema = `erp_${erp}`
  // PostgreSQL would cut it, and two ERPs might share what is left.
  if (schema.length > 63) throw new Error(`expected an ERP's name of at most 59 characters, got \`${erp}\``)
  return schema
}

const NUMBERS: readonly number[] = [pg.types.builtins.INT8, pg.types.builtins.NUMERIC]

export async function connectPostgres(url: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'alcada',
    connectionTimeoutMillis: TIMEOUT_MS,
    query_timeout: TIMEOUT_MS,
    keepAlive: true,
    // Queries go out as they are asked, and are answered in order.
    pipeline: true,
    types: {
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        NUMBERS.includes(oid) ? Number : pg.types.getTypeParser(oid, format === 'binary' ? 'binary' : 'text'),
    },
  })
  await client.connect()
  return client
}

async function prepareSchema(client: pg.Client, schema: string): Promise<void> {
  await client.query('SET synchronous_commit TO on')
  await client.query(`SET search_path TO ${schema}`)
  const found = await formatOf(client)
  refuseNewer(found, `the schema \`${schema}\``)
  // A replica of a newer version has laid its tables, and they are for this one too.
  if (!isOurs(found) || (await isPrepared(client))) return
  // Of replicas that start at once, one makes it.
  await client.query('BEGIN')
  await client.query("SELECT pg_advisory_xact_lock(hashtextextended('alcada schema', 0))")
  // While this one waited for its turn, a newer one may have had its own.
  if (!isOurs(await formatOf(client))) {
    await client.query('ROLLBACK')
    return prepareSchema(client, schema)
  }
  await layTables(client, schema)
  await client.query('COMMIT')
}

/** Makes the schema and its tables, or adds what is missing; within the transaction that the client is in. */
export async function layTables(client: pg.Client, schema: string): Promise<void> {
  await client.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`)
  const before = await client.query('SELECT table_name FROM information_schema.tables WHERE table_schema = $1', [
    schema,
  ])
  const tables = new Set(before.rows.map((row: { table_name: string }) => row.table_name))
  await client.query(POSTGRES_SCHEMA)
  const written = await client.query('SELECT 1 FROM ledger LIMIT 1')
  await client.query(formatStatements(lacksHistory(tables, written.rows.length > 0)))
  await client.query(
    "INSERT INTO settings VALUES ('schema', $1) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    [PRINT],
  )
}

async function formatOf(client: pg.Client): Promise<FoundFormat> {
  const there = await client.query("SELECT to_regclass('settings') IS NOT NULL AS there")
  if (there.rows[0]?.there !== true) return NO_FORMAT
  return formatIn((await client.query<{ name: string; value: string }>('SELECT name, value FROM settings')).rows)
}

// So a role that may not create tables can work on those that are there.
async function isPrepared(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query("SELECT to_regclass('settings') IS NOT NULL AS there")
  if (rows[0]?.there !== true) return false
  const made = await client.query("SELECT 1 FROM settings WHERE name = 'schema' AND value = $1", [PRINT])
  return made.rows.length > 0
}

const PRINT = sha256(POSTGRES_SCHEMA)
