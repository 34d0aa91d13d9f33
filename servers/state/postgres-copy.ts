import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type pg from 'pg'
import { connectPostgres, layTables, POSTGRES_NOW_MS, schemaOf } from './postgres-driver.ts'
import { openDatabase } from './sqlite-database.ts'

const PAGE = 1_000
/** Says which text made the tables of a PostgreSQL schema: of no meaning elsewhere. */
const SCHEMA_PRINT = 'schema'
/** It knows only chains that begin at their first row, and a copy may begin behind an archive. */
const IN_ORDER = 'ledger_no_replace'

/**
 * Copies an ERP's state as it is at one instant, while its replicas write, into the database file of an empty folder: the same
 * file that a server on SQLite has, so that one check and one format hold for both.
 * @throws Error where there is no state of that ERP
 */
export async function copyFromPostgres(url: string, erp: string, folder: string): Promise<void> {
  const client = await connected(url, erp)
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    const database = openDatabase(folder, 1_000)
    try {
      database.exec(`DROP TRIGGER ${IN_ORDER}; BEGIN`)
      for (const [table, columns] of Object.entries(tablesOf(database, false))) {
        const names = columns.join(', ')
        const insert = database.prepare(
          `INSERT OR REPLACE INTO ${table} (${names}) VALUES (${columns.map(() => '?').join(', ')})`,
        )
        for await (const row of rowsOf(client, `SELECT ${names} FROM ${table}`)) {
          if (table === 'settings' && row['name'] === SCHEMA_PRINT) continue
          insert.run(...columns.map((column) => plain(row[column])))
        }
      }
      database.exec('COMMIT')
    } finally {
      database.close()
    }
    await client.query('COMMIT')
    // Lays the trigger anew; one file is what a backup holds.
    const whole = openDatabase(folder, 1_000)
    whole.exec('PRAGMA journal_mode = DELETE')
    whole.close()
  } finally {
    await client.end()
  }
}

/** Whether a replica says that it lives; null where there is no state of that ERP. */
export async function isServedByPostgres(url: string, erp: string): Promise<boolean | null> {
  const client = await connectPostgres(url)
  try {
    if (!(await isThere(client, schemaOf(erp)))) return null
    await client.query(`SET search_path TO ${schemaOf(erp)}`)
    return await hasServer(client)
  } finally {
    await client.end()
  }
}

export interface Replacing {
  url: string
  erp: string
  /** Holds the database file that takes its place. */
  folder: string
  /** Schema that the state that is there is kept in. */
  safety: string
  /** Where its ledger ended when it was looked at; null: there was none. */
  expected: { seq: number; hash: string } | null
}

/**
 * Puts a database file in the place of an ERP's state, in one transaction: all of it, or nothing. What was there stays in a
 * schema of its own.
 * @throws Error where a replica lives, or the ledger has grown since it was looked at
 */
export async function replaceInPostgres({ url, erp, folder, safety, expected }: Replacing): Promise<void> {
  const schema = schemaOf(erp)
  const client = await connectPostgres(url)
  const database = new DatabaseSync(join(folder, 'ledger.sqlite'), { readOnly: true })
  try {
    await client.query('SET synchronous_commit TO on')
    await client.query('BEGIN')
    await client.query("SELECT pg_advisory_xact_lock(hashtextextended('alcada schema', 0))")
    await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('alcada ${schema}', 0))`)
    if (await isThere(client, schema)) {
      await client.query(`SET LOCAL search_path TO ${schema}`)
      if (await hasServer(client)) throw new Error(`a server runs on \`${schema}\`: stop it first`)
      const { rows } = await client.query('SELECT seq, hash FROM ledger ORDER BY ord DESC LIMIT 1')
      if ((rows[0]?.hash ?? null) !== (expected?.hash ?? null)) {
        throw new Error(`the ledger of \`${schema}\` has grown meanwhile: nothing was changed, try again`)
      }
      await client.query(`ALTER SCHEMA ${schema} RENAME TO ${safety}`)
    }
    await client.query(`SET LOCAL search_path TO ${schema}`)
    await layTables(client, schema)
    // It fills columns that the file has too, and knows only chains that begin at their first row.
    await client.query('ALTER TABLE ledger DISABLE TRIGGER ledger_read_out')
    for (const [table, columns] of Object.entries(tablesOf(database, true)))
      await fill(client, database, table, columns)
    await client.query('ALTER TABLE ledger ENABLE TRIGGER ledger_read_out')
    await client.query(
      "SELECT setval(pg_get_serial_sequence('ledger', 'ord'), (SELECT coalesce(max(ord), 1) FROM ledger))",
    )
    await client.query('COMMIT')
  } finally {
    database.close()
    // What is not committed is undone.
    await client.end()
  }
}

async function fill(
  client: pg.Client,
  database: DatabaseSync,
  table: string,
  columns: readonly string[],
): Promise<void> {
  let part: unknown[][] = []
  const write = async (): Promise<void> => {
    const values = part.map((_, row) => `(${columns.map((_, at) => `$${row * columns.length + at + 1}`).join(', ')})`)
    const own = table === 'settings' ? 'ON CONFLICT (name) DO UPDATE SET value = excluded.value' : ''
    const ord = table === 'ledger' ? 'OVERRIDING SYSTEM VALUE' : ''
    const text = `INSERT INTO ${table} (${columns.join(', ')}) ${ord} VALUES ${values.join(', ')} ${own}`
    if (part.length > 0) await client.query(text, part.flat())
    part = []
  }
  const except = table === 'settings' ? `WHERE name <> '${SCHEMA_PRINT}'` : ''
  for (const row of database.prepare(`SELECT ${columns.join(', ')} FROM ${table} ${except}`).iterate()) {
    part.push(columns.map((column) => plain(row[column])))
    if (part.length * columns.length > 10_000) await write()
  }
  await write()
}

/** By table, its columns. @param computed those too that SQLite reads out of others */
function tablesOf(database: DatabaseSync, computed: boolean): Record<string, string[]> {
  const tables = database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .all()
  const columnsOf = (table: string): string[] =>
    database
      .prepare(
        `SELECT name FROM pragma_table_xinfo('${table}') WHERE hidden = 0 OR (${computed ? 1 : 0} AND hidden = 2)`,
      )
      .all()
      .map(({ name }) => String(name))
  return Object.fromEntries(tables.map(({ name }) => [String(name), columnsOf(String(name))]))
}

async function* rowsOf(client: pg.Client, select: string): AsyncGenerator<Record<string, unknown>> {
  await client.query(`DECLARE part NO SCROLL CURSOR FOR ${select}`)
  for (;;) {
    const { rows } = await client.query<Record<string, unknown>>(`FETCH ${PAGE} FROM part`)
    yield* rows
    if (rows.length < PAGE) break
  }
  await client.query('CLOSE part')
}

async function connected(url: string, erp: string): Promise<pg.Client> {
  const schema = schemaOf(erp)
  const client = await connectPostgres(url)
  if (await isThere(client, schema)) {
    await client.query(`SET search_path TO ${schema}`)
    return client
  }
  await client.end()
  throw new Error(
    `expected the state of ${erp} in schema \`${schema}\`, got none: set ALCADA_DATABASE_URL as its server has it`,
  )
}

async function isThere(client: pg.Client, schema: string): Promise<boolean> {
  const { rows } = await client.query("SELECT to_regclass($1 || '.ledger') IS NOT NULL AS there", [schema])
  return rows[0]?.there === true
}

async function hasServer(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query(`SELECT 1 AS one FROM instances WHERE until_ms > ${POSTGRES_NOW_MS} LIMIT 1`)
  return rows.length > 0
}

function plain(value: unknown): string | number | null {
  if (value === null || value === undefined) return null
  // PostgreSQL keeps no NUL in a text.
  return typeof value === 'number' ? value : String(value).replaceAll('\0', '')
}
