import { createHash, randomBytes, randomInt } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import seed from '../../../erps/tryton/sandbox/seed.json' with { type: 'json' }
import { createDatabase, database, serveDatabase, trytonVersion } from './process.ts'
import { sessionClient } from './rpc.ts'
import { seedDatabase } from './seed.ts'

const here = fileURLToPath(new URL('.', import.meta.url))
const cache = fileURLToPath(new URL('../../../node_modules/.cache/alcada/tryton/', import.meta.url))
const seedFile = fileURLToPath(new URL('../../../erps/tryton/sandbox/seed.json', import.meta.url))

/** A filled database, ready to be copied. */
export interface PreparedDatabase {
  /** The SQLite file; never to be served itself. */
  file: string
  /** Password by login. */
  passwords: ReadonlyMap<string, string>
}

/** The seeded database from the cache; made in about 9 s where the seed, this folder or trytond changed. */
export async function preparedDatabase(): Promise<PreparedDatabase> {
  const folder = join(cache, await contentKey())
  return read(folder) ?? (await prepare(folder))
}

async function prepare(folder: string): Promise<PreparedDatabase> {
  const draft = `${folder}.${process.pid}.${randomBytes(4).toString('hex')}`
  mkdirSync(draft, { recursive: true, mode: 0o700 })
  try {
    const passwords = new Map(['admin', ...seed.users.map((user) => user.login)].map((login) => [login, newPassword()]))
    const own = passwords.get('admin') ?? ''
    await createDatabase(draft, own)
    const served = await serveDatabase(draft, {})
    try {
      await seedDatabase(await sessionClient(`${served.url}/${database}/`, 'admin', own), passwords)
    } finally {
      await served.stop()
    }
    writeFileSync(join(draft, 'passwords.json'), JSON.stringify([...passwords]), { mode: 0o600 })
    moveInPlace(draft, folder)
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
  const made = read(folder)
  if (made === undefined) throw new Error(`expected a prepared database in ${folder}`)
  return made
}

/** Another test process may have been faster: its database is as good. */
function moveInPlace(draft: string, folder: string): void {
  try {
    renameSync(draft, folder)
  } catch (error) {
    if (read(folder) === undefined) throw error
  }
}

function read(folder: string): PreparedDatabase | undefined {
  let text: string
  try {
    text = readFileSync(join(folder, 'passwords.json'), 'utf8')
  } catch {
    return undefined
  }
  const rows: unknown = JSON.parse(text)
  if (!Array.isArray(rows)) throw new Error(`expected a list of passwords in ${folder}`)
  const passwords = new Map(
    rows.map((row: unknown) => (Array.isArray(row) ? [String(row[0]), String(row[1])] : ['', ''])),
  )
  return { file: join(folder, `${database}.sqlite`), passwords }
}

async function contentKey(): Promise<string> {
  const hash = createHash('sha256').update(await trytonVersion())
  const sources = readdirSync(here)
    .sort()
    .map((name) => join(here, name))
  for (const file of [seedFile, ...sources]) hash.update(readFileSync(file))
  return hash.digest('hex').slice(0, 16)
}

/** trytond refuses a password in which characters come back too often: none does here. */
function newPassword(): string {
  const letters = [...'abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789-_']
  return Array.from({ length: 24 }, () => letters.splice(randomInt(letters.length), 1)[0]).join('')
}
