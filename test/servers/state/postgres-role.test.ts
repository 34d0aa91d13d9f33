import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openAudit } from '../../../servers/state/audit.ts'
import { needs } from '../../helpers/needs.ts'
import { type Postgres, query, startPostgres } from '../../helpers/postgres.ts'
import { stateFolder } from '../../helpers/state/databases.ts'
import { type Aged, aged, pay, RULES } from './aged.ts'

const readme = readFileSync(join(import.meta.dirname, '..', '..', '..', 'servers', 'README.md'), 'utf8')
/** The statements that servers/README.md gives. */
const GRANTS = /```sql\n([\s\S]*?)```/.exec(readme)?.[1] ?? ''

describe.skipIf(needs('postgres').missing !== null)('a role with the grants of the README', () => {
  let postgres: Postgres
  const open: Aged[] = []
  beforeAll(async () => {
    postgres = await startPostgres()
    const admin = await postgres.database()
    await query(
      admin,
      "CREATE ROLE alcada_omie LOGIN PASSWORD 'test-only'; CREATE ROLE auditor LOGIN PASSWORD 'test-only'",
    )
  })
  afterEach(async () => {
    for (const { state } of open.splice(0)) await state.stop()
  })
  afterAll(() => postgres.stop())

  async function granted(): Promise<{ path: string; as: (role: string) => string; owner: string }> {
    const [path, owner] = [stateFolder(), await postgres.database()]
    const { state } = await aged({ path, databaseUrl: owner })
    await state.stop()
    await query(owner, GRANTS)
    return { path, owner, as: (role) => owner.replace('//app:', `//${role}:`) }
  }

  test('serves, archives and starts again', async () => {
    const { path, as } = await granted()
    const world = await aged({ path, databaseUrl: as('alcada_omie') })
    open.push(world)
    await pay(world.state, 'A', 'B')
    world.day = 100
    expect(await world.state.archive(RULES)).toMatchObject({ segments: 1 })
    expect(await world.state.verify()).toMatchObject({ ok: true, rows: 1 })
  })

  test('changes no entry, removes none that is in no archive, makes and drops nothing', async () => {
    const { path, as } = await granted()
    const world = await aged({ path, databaseUrl: as('alcada_omie') })
    open.push(world)
    await pay(world.state, 'A')
    const tried = (sql: string): Promise<string> =>
      query(as('alcada_omie'), sql).then(
        () => 'done',
        (error: Error) => error.message,
      )
    expect(await tried('UPDATE erp_omie.ledger SET at_ms = 0')).toBe('permission denied for table ledger')
    expect(await tried('DELETE FROM erp_omie.ledger')).toBe('the ledger is append-only')
    expect(await tried('TRUNCATE erp_omie.ledger')).toBe('permission denied for table ledger')
    expect(await tried('ALTER TABLE erp_omie.ledger DISABLE TRIGGER ALL')).toBe('must be owner of table ledger')
    expect(await tried('DROP TABLE erp_omie.ledger')).toBe('must be owner of table ledger')
    expect(await tried('CREATE TABLE erp_omie.other (a int)')).toBe('permission denied for schema erp_omie')
  })

  test('an auditor reads and verifies, and writes nothing', async () => {
    const { path, as } = await granted()
    const world = await aged({ path, databaseUrl: as('alcada_omie') })
    await pay(world.state, 'A')
    await world.state.stop()
    const place = { path: stateFolder(), erp: 'omie', databaseUrl: as('auditor') }
    const audit = openAudit(place)
    expect(await audit.verify({ replica: '', keys: [], anchored: null }, null)).toMatchObject({
      broken: { reason: expect.stringContaining('is not signed by a key that is trusted') },
    })
    expect(await audit.chains()).toEqual([''])
    await audit.close()
    await expect(query(as('auditor'), 'DELETE FROM erp_omie.pending')).rejects.toThrow('permission denied')
    await expect(aged({ path, databaseUrl: as('auditor') })).rejects.toThrow('permission denied')
  })
})
