import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync, type SQLInputValue, type SQLOutputValue } from 'node:sqlite'
import seed from '../../../erps/tryton/sandbox/seed.json' with { type: 'json' }
import { preparedDatabase } from './prepare.ts'
import { database, serveDatabase, type TrytonProcess, type TrytonSettings } from './process.ts'

export { trytonMissing } from './process.ts'

/** A value as a test wants to compare it: decimals as their text. */
export type SqlValue = string | number | bigint | null

/** What one company's API account signs in with, by the names `erp.yaml` uses. */
export interface TrytonCredential {
  user: string
  password: string
  company_id: string
  /** Id of the account on which the company's payables stand. */
  payable_account: string
  /** Id of the journal of expenses, the same for all companies. */
  expense_journal: string
  [name: string]: string
}

/** A real trytond on loopback with a database of its own. */
export interface Tryton {
  /** What takes the place of `baseUrl`: `http://127.0.0.1:<port>/erp`, without a slash at its end. Changes with `restart`. */
  readonly url: string
  /** `url` without the name of the database behind it. */
  readonly origin: string
  database: string
  /** Path of the SQLite file that holds it. */
  file: string
  /** Per CNPJ. */
  credentials: Record<string, TrytonCredential>
  /** Password by login, of `admin` and of the accounts with fewer rights too. */
  passwords: ReadonlyMap<string, string>
  /** Rows straight from the ERP's own tables, past its server. */
  query(sql: string, ...values: SQLInputValue[]): Record<string, SqlValue>[]
  /** Ends the server and starts it again on the same database, on another port. */
  restart(): Promise<void>
  /** Ends the server at once, as a crash would; `restart` brings it back. */
  kill(): Promise<void>
  close(): Promise<void>
}

export interface TrytonOptions {
  /** Sections and keys for `trytond.conf`. Default: none, so 5 failed log-ins lock an account for 5 minutes. */
  settings?: TrytonSettings
}

/** Copies the prepared database and serves it. @throws where `trytonMissing()` says so, or when trytond does not start */
export async function startTryton(options: TrytonOptions = {}): Promise<Tryton> {
  const prepared = await preparedDatabase()
  const folder = mkdtempSync(join(tmpdir(), 'alcada-tryton-'))
  const file = join(folder, `${database}.sqlite`)
  copyFileSync(prepared.file, file)
  const start = (): Promise<TrytonProcess> => serveDatabase(folder, options.settings ?? {})
  let served = await start()
  return {
    get url() {
      return `${served.url}/${database}`
    },
    get origin() {
      return served.url
    },
    database,
    file,
    credentials: credentialsOf(file, prepared.passwords),
    passwords: prepared.passwords,
    query: (sql, ...values) => queryFile(file, sql, values),
    async restart() {
      await served.stop()
      served = await start()
    },
    kill: () => served.stop(),
    async close() {
      await served.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function credentialsOf(file: string, passwords: ReadonlyMap<string, string>): Record<string, TrytonCredential> {
  const payable = (company: number): string => {
    const sql = "select id from account_account where company = ? and code = '2.1.1'"
    return String(queryFile(file, sql, [company])[0]?.['id'])
  }
  return Object.fromEntries(
    seed.companies.map(({ cnpj, api_user }, at) => [
      cnpj,
      {
        user: api_user,
        password: passwords.get(api_user) ?? '',
        company_id: String(at + 1),
        payable_account: payable(at + 1),
        expense_journal: '2',
      },
    ]),
  )
}

function queryFile(file: string, sql: string, values: SQLInputValue[]): Record<string, SqlValue>[] {
  // The server may be writing: wait for it.
  const connection = new DatabaseSync(file, { readOnly: true, timeout: 5000 })
  try {
    return connection
      .prepare(sql)
      .all(...values)
      .map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, readable(value)])))
  } finally {
    connection.close()
  }
}

/** trytond keeps decimals as the bytes of their text. */
function readable(value: SQLOutputValue): SqlValue {
  return value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : value
}
