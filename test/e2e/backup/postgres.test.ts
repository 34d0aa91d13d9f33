// A ledger that replicas share in PostgreSQL is backed up while they write and restored in one transaction: with real
// PostgreSQL, a chain that begins behind an archive, a restore that is killed in the middle, and another machine.
import { spawn } from 'node:child_process'
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PROGRAM, type Ran, runAlcada } from '../../helpers/alcada/command.ts'
import { needs } from '../../helpers/needs.ts'
import { type Postgres, query, startPostgres } from '../../helpers/postgres.ts'
import { aged, pay, RULES } from '../../servers/state/aged.ts'
import { payment } from '../../servers/state/fixtures.ts'

const LEDGER = 'SELECT replica, seq, hash, entry, person, amount FROM erp_omie.ledger ORDER BY ord'

describe.skipIf(needs('postgres').missing !== null)('a ledger in PostgreSQL', () => {
  const place = mkdtempSync(join(tmpdir(), 'alcada-pg-backup-'))
  const path = join(place, 'state')
  let postgres: Postgres
  let url: string
  let env: Record<string, string>
  let folder: string
  let written: Record<string, unknown>[]

  const alcada = (...args: string[]): Promise<Ran> => runAlcada(['--root', place, ...args], env)
  const restore = (from = folder): Promise<Ran> => alcada('restore', 'omie', from, '--format', 'json')
  const open = (replica: string): ReturnType<typeof aged> => aged({ path, databaseUrl: url, replica }, 200)

  beforeAll(async () => {
    postgres = await startPostgres()
    url = await postgres.database()
    mkdirSync(join(place, 'erps'))
    mkdirSync(join(place, 'policies'))
    env = { ALCADA_STATE_DIR: path, ALCADA_DATABASE_URL: url }
    const a = await aged({ path, databaseUrl: url, replica: 'a' })
    await pay(a.state, 'A-1', 'A-2')
    // Those rows stand in an archive alone from now on.
    a.day = 200
    await pay(a.state, 'A-3')
    await a.state.archive(RULES)
    const b = await open('b')
    await pay(b.state, 'B-1')
    const made = await alcada('backup', 'omie', '--to', join(place, 'backups'), '--format', 'json')
    expect(made).toMatchObject({ code: 0, err: '' })
    folder = JSON.parse(made.out).folder
    written = await query(url, LEDGER)
    await pay(b.state, 'B-2')
    expect((await restore()).err).toContain('a server of omie runs on its database: stop every replica')
    await a.state.stop()
    await b.state.stop()
  })
  afterAll(async () => {
    await postgres?.stop()
    rmSync(place, { recursive: true })
  })

  test('is backed up with both chains, the one that begins behind its archive too', () => {
    expect(readdirSync(join(folder, 'state')).sort()).toEqual(
      expect.arrayContaining(['archive', 'checkpoint-keys-before.json', 'ledger.sqlite', 'mask.key']),
    )
    expect(Number(written[0]?.['seq'])).toBeGreaterThan(1)
    expect(new Set(written.map(({ replica }) => replica))).toEqual(new Set(['a', 'b']))
  })

  test('a backup that is damaged changes nothing, and a restore that is killed in the middle neither', async () => {
    const before = await query(url, LEDGER)
    const damaged = join(place, 'damaged')
    cpSync(folder, damaged, { recursive: true })
    appendFileSync(join(damaged, 'state/ledger.sqlite'), 'x')
    expect((await restore(damaged)).err).toMatch(/BACKUP_DAMAGED/)

    // Held up where it has everything ready: it waits for its turn in the database.
    const holder = new pg.Client({ connectionString: url })
    await holder.connect()
    await holder.query("BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('alcada erp_omie', 0))")
    const child = spawn(process.execPath, [PROGRAM, '--root', place, 'restore', 'omie', folder], {
      env,
      stdio: 'ignore',
    })
    const waits = "SELECT count(*)::int AS n FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    for (let tries = 0; tries < 200 && (await query(url, waits))[0]?.['n'] !== 1; tries += 1) await setTimeout(50)
    child.kill('SIGKILL')
    await new Promise((resolve) => child.once('exit', resolve))
    await holder.query('ROLLBACK')
    await holder.end()
    expect(await query(url, LEDGER)).toEqual(before)
    expect(await query(url, "SELECT 1 FROM pg_namespace WHERE nspname LIKE 'before_restore%'")).toEqual([])
  })

  test('comes back as the backup has it, beside the schema of what was there, and gives nothing back', async () => {
    const { code, out, err } = await restore()
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const { safety, entry } = JSON.parse(out)
    const now = await query(url, LEDGER)
    expect(now.slice(0, written.length)).toEqual(written)
    expect(now.map((row) => row['entry']).at(-1)).toBe(entry)
    const kept = await query(url, `SELECT count(*)::int AS n FROM ${safety.replace('schema ', '')}.ledger`)
    expect(kept).toEqual([{ n: written.length + 2 }])
    expect(await alcada('audit', 'verify', 'omie')).toMatchObject({ code: 0, err: '' })
    const { state } = await open('b')
    expect(await state.open(payment({ reference: 'B-3' }))).toEqual({ kind: 'unreconciled' })
    await state.stop()
  })

  test('comes back on another machine, with another database, and on SQLite', async () => {
    const root = join(place, 'other')
    for (const name of ['erps', 'policies']) mkdirSync(join(root, name), { recursive: true })
    const elsewhere = await postgres.database()
    const other = { ALCADA_STATE_DIR: join(root, 'state'), ALCADA_DATABASE_URL: elsewhere }
    const key = join(place, 'key.json')
    writeFileSync(key, (await alcada('audit', 'key', 'omie', '--format', 'json')).out)
    const signed = ['--signed-by', key]
    const told = await runAlcada(['--root', root, 'restore', 'omie', folder, ...signed], other)
    expect(told).toMatchObject({ code: 0, err: '' })
    expect(told.out).toContain(`put where nothing was: ${join(root, 'state', 'mask.key')}`)
    const verified = await runAlcada(['--root', root, 'audit', 'verify', 'omie'], other)
    expect(verified).toMatchObject({ code: 0, err: '' })
    const { state } = await aged({ path: join(root, 'state'), databaseUrl: elsewhere, replica: 'a' }, 200)
    await pay(state, 'A-9')
    await state.stop()

    const file = { ALCADA_STATE_DIR: join(root, 'file') }
    expect(await runAlcada(['--root', root, 'restore', 'omie', folder, ...signed], file)).toMatchObject({
      code: 0,
      err: '',
    })
    expect(await runAlcada(['--root', root, 'audit', 'verify', 'omie'], file)).toMatchObject({ code: 0, err: '' })
  })
})
