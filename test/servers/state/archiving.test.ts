import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { SignedCheckpoint } from '../../../engine/contract/checkpoint.ts'
import { openAnchor } from '../../../servers/state/anchor.ts'
import type { AuditCheck } from '../../../servers/state/archived-chain.ts'
import { openAudit } from '../../../servers/state/audit.ts'
import { ownCheckpointKey } from '../../../servers/state/checkpoint-key.ts'
import type { StateOptions } from '../../../servers/state/state.ts'
import { type Database, databases, type Place } from '../../helpers/state/databases.ts'
import { type Aged, aged, pay, RULES, SELDOM } from './aged.ts'
import { asked, DONE, payment } from './fixtures.ts'

const started: Aged[] = []
afterEach(async () => {
  for (const { state } of started.splice(0)) await state.stop()
})

async function start(options: Partial<StateOptions> & { path: string }, day = 0): Promise<Aged> {
  const one = await aged(options, day)
  started.push(one)
  return one
}

const anchorFolder = (): string => mkdtempSync(join(tmpdir(), 'alcada-anchor-'))
const archives = ({ path }: Place): string => join(path, 'archive')
const filesOf = (place: Place): string[] => {
  const folder = join(archives(place), 'omie', '_')
  return existsSync(folder) ? readdirSync(folder).sort() : []
}

async function verify(
  place: Place,
  anchor: string | null,
  folder: string | null = archives(place),
): Promise<AuditCheck> {
  const key = ownCheckpointKey(place.path)
  const anchored: SignedCheckpoint[] | null =
    anchor === null ? null : await openAnchor(anchor, null).read({ erp: 'omie', replica: '' })
  const audit = openAudit({ ...place, erp: 'omie' })
  try {
    return await audit.verify({ replica: '', keys: key === null ? [] : [key], anchored }, folder)
  } finally {
    await audit.close()
  }
}

describe.each(databases.filter(({ missing }) => missing === null))('in $name', ({ start: startDatabase }) => {
  let database: Database
  beforeAll(async () => {
    database = await startDatabase()
  })
  afterAll(() => database.stop())

  test('rows older than the live days stand in an archive that only its owner reads, and the whole chain verifies', async () => {
    const place = await database.fresh()
    const anchor = anchorFolder()
    const world = await start({ ...place, checkpoint: { ...SELDOM, anchors: [anchor] } })
    await pay(world.state, 'A', 'B')
    world.day = 95
    await pay(world.state, 'C')
    expect(await world.state.archive(RULES)).toEqual({ segments: 1, removed: 0, waitsFor: null })
    expect(filesOf(place)).toEqual(['000000001-000000004.jsonl.gz'])
    const file = join(archives(place), 'omie', '_', '000000001-000000004.jsonl.gz')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const lines = gunzipSync(readFileSync(file)).toString().trim().split('\n')
    expect(lines.map((line) => JSON.parse(line).seq)).toEqual([1, 2, 3, 4])
    const live = await world.state.entries(1, 100)
    expect(live.map(({ seq }) => seq)).toEqual([5, 6, 7])
    expect(live[2]?.event).toMatchObject({
      what: 'ledger_archived',
      archived: { number: 1, first_seq: 1, last_seq: 4, file: 'omie/_/000000001-000000004.jsonl.gz' },
    })
    expect(await world.state.verify()).toMatchObject({ ok: true, rows: 3 })
    await world.state.stop()
    expect(await verify(place, anchor)).toMatchObject({
      ...{ ok: true, from: 1, rows: 7, archives: { read: 1 }, end: { kind: 'proved', seq: 7, after: 0 } },
    })
    expect(await verify(place, anchor, null)).toMatchObject({ ok: true, from: 5, rows: 3, archives: null })
    expect(await verify(place, null)).toMatchObject({ ok: true, from: 1, rows: 7 })
  })

  test('the chain goes on after a restart, and later segments follow the earlier', async () => {
    const place = await database.fresh()
    const first = await start(place)
    await pay(first.state, 'A')
    first.day = 100
    await first.state.archive(RULES)
    await first.state.stop()
    const second = await start(place, 101)
    await pay(second.state, 'B')
    second.day = 300
    expect((await second.state.archive(RULES)).segments).toBe(1)
    await second.state.stop()
    expect(filesOf(place)).toEqual(['000000001-000000002.jsonl.gz', '000000003-000000005.jsonl.gz'])
    expect(await verify(place, null)).toMatchObject({ ok: true, from: 1, rows: 6, archives: { read: 2 } })
  })

  test('what only tells of archives makes no archive of its own: an idle ledger grows no files', async () => {
    const place = await database.fresh()
    const world = await start(place)
    await pay(world.state, 'A')
    for (const day of [100, 200, 300, 400]) {
      world.day = day
      await world.state.archive(RULES)
    }
    expect(filesOf(place)).toEqual(['000000001-000000002.jsonl.gz'])
  })

  test('a repeat of a call in an archive is still known, with its answer, until the archive is removed; then without', async () => {
    const place = await database.fresh()
    const world = await start(place)
    const metadata = { platform: 'omie', total_count: 1, page: 1, page_size: 1, has_next: false }
    const result = { data: { id: '7' }, metadata, alcada: { entry: 'omie-000000001', revision: 7, masked: [] } }
    await world.state.open(payment({ reference: 'A' }))
    await world.state.close('omie-000000001', { ...DONE, outcome: { kind: 'done', result } })
    world.day = 100
    await world.state.archive(RULES)
    expect(await world.state.entries(1, 2)).toMatchObject([{ seq: 3 }])
    expect(await world.state.open(payment({ reference: 'A' }))).toEqual({
      kind: 'repeat',
      repeat: { state: 'done', entry: 'omie-000000001', result },
    })
    expect(await world.state.open(payment({ reference: 'A', amount: 1 }))).toMatchObject({
      repeat: { state: 'conflict' },
    })
    world.day = 2_000
    await world.state.archive(RULES)
    expect(filesOf(place)).toEqual([])
    expect(await world.state.open(payment({ reference: 'A' }))).toEqual({
      kind: 'repeat',
      repeat: { state: 'done', entry: 'omie-000000001', result: null },
    })
  })

  test('an entry whose outcome is not known stays with all that follow it, until a person resolves it', async () => {
    const place = await database.fresh()
    const world = await start(place)
    await pay(world.state, 'A')
    await world.state.open(payment({ reference: 'B' }))
    await world.state.close('omie-000000003', { ...DONE, outcome: { kind: 'unknown', code: 'timeout' } })
    await pay(world.state, 'C')
    world.day = 200
    await world.state.archive(RULES)
    expect(filesOf(place)).toEqual(['000000001-000000002.jsonl.gz'])
    expect((await world.state.unknownOutcomes()).map(({ entry }) => entry)).toEqual(['omie-000000003'])
    const audit = openAudit({ ...place, erp: 'omie' }, 'write')
    const word = { resolves: 'omie-000000003', verdict: 'done' as const, reason: 'seen', by: 'u42' }
    await audit.resolve({ ...word, at_ms: Date.parse('2026-11-26T13:00:00Z') })
    await audit.close()
    world.day = 400
    await world.state.archive(RULES)
    expect(filesOf(place)[1]).toBe('000000003-000000006.jsonl.gz')
    expect(await world.state.open(payment({ reference: 'B' }))).toMatchObject({
      repeat: { state: 'done', entry: 'omie-000000003' },
    })
  })

  test('no row that a guard may still ask for leaves, and what guards know does not leave with the rows', async () => {
    const place = await database.fresh()
    const world = await start(place)
    await pay(world.state, 'A')
    world.day = 20
    const short = { ...RULES, live_days: 1, live_rows: 0 }
    expect(await world.state.archive(short)).toMatchObject({ segments: 0 })
    expect((await world.state.history(asked())).history.settled.person).toEqual({ day: 90_000, window: 90_000 })
    world.day = 31
    expect(await world.state.archive(short)).toMatchObject({ segments: 1 })
    expect((await world.state.history(asked())).history).toMatchObject({
      settled: { person: { day: 90_000, window: 90_000 } },
      similar: [{ entry: 'omie-000000001' }],
    })
  })

  test('of more rows than may be live the oldest leave before their time', async () => {
    const place = await database.fresh()
    const world = await start(place)
    await pay(world.state, 'A', 'B')
    world.day = 40
    expect(await world.state.archive({ ...RULES, live_rows: 4 })).toMatchObject({ segments: 0 })
    expect(await world.state.archive({ ...RULES, live_rows: 3 })).toMatchObject({ segments: 1 })
  })

  test('an archive older than the trail is removed, an entry says so, and verify says from where it can prove', async () => {
    const place = await database.fresh()
    const anchor = anchorFolder()
    const world = await start({ ...place, checkpoint: { ...SELDOM, anchors: [anchor] } })
    await pay(world.state, 'A')
    world.day = 100
    await world.state.archive(RULES)
    await pay(world.state, 'B')
    world.day = 1_826
    expect(await world.state.archive(RULES)).toMatchObject({ segments: 1, removed: 0 })
    world.day = 1_827
    expect(await world.state.archive(RULES)).toMatchObject({ segments: 0, removed: 1 })
    expect(filesOf(place)).toEqual(['000000003-000000005.jsonl.gz'])
    const [, said] = await world.state.entries(6, 7)
    expect(said?.event).toMatchObject({
      what: 'archives_removed',
      removed: { through: 1, last_seq: 2, trail_retention_days: 1_826 },
    })
    await world.state.stop()
    expect(await verify(place, anchor)).toMatchObject({ ok: true, from: 3, rows: 5, archives: { read: 1 } })
    rmSync(join(archives(place), 'omie', '_', '000000003-000000005.jsonl.gz'))
    expect(await verify(place, anchor)).toMatchObject({
      ok: false,
      broken: { seq: 3, reason: 'archive `omie/_/000000003-000000005.jsonl.gz` is missing' },
    })
  })

  test('a missing, altered, cut or swapped archive is named', async () => {
    const place = await database.fresh()
    const world = await start(place)
    await pay(world.state, 'A')
    world.day = 100
    await world.state.archive(RULES)
    await pay(world.state, 'B')
    world.day = 200
    await world.state.archive(RULES)
    await world.state.stop()
    const [one = '', two = ''] = filesOf(place).map((name) => join(archives(place), 'omie', '_', name))
    const before = readFileSync(one)
    const reason = async (content: Uint8Array | null): Promise<string> => {
      if (content === null) rmSync(one)
      else writeFileSync(one, content)
      const check = await verify(place, null)
      writeFileSync(one, before)
      return check.ok ? 'holds' : check.broken.reason
    }
    const altered = Uint8Array.from(before)
    altered[20] = (altered[20] ?? 0) ^ 1
    // One byte of the compressed rows.
    expect(await reason(null)).toBe('archive `omie/_/000000001-000000002.jsonl.gz` is missing')
    expect(await reason(altered)).toBe('archive `omie/_/000000001-000000002.jsonl.gz` is not what was written')
    expect(await reason(before.subarray(0, 40))).toBe(
      `archive \`omie/_/000000001-000000002.jsonl.gz\` was cut short: 40 of ${before.length} bytes`,
    )
    expect(await reason(readFileSync(two))).toBe(
      'archive `omie/_/000000001-000000002.jsonl.gz` holds what belongs in `omie/_/000000003-000000005.jsonl.gz`',
    )
    expect(await reason(before)).toBe('holds')
  })

  test('rows stay until the anchor knows of their archive, and go when it does', async () => {
    const place = await database.fresh()
    const anchor = join(anchorFolder(), 'later')
    writeFileSync(anchor, 'in the way')
    const world = await start({ ...place, checkpoint: { ...SELDOM, anchors: [anchor] } })
    await pay(world.state, 'A')
    world.day = 100
    expect(await world.state.archive(RULES)).toMatchObject({ segments: 0, waitsFor: `the anchor ${anchor}` })
    expect(await world.state.entries(1, 2)).toHaveLength(2)
    expect(filesOf(place)).toHaveLength(1)
    rmSync(anchor)
    expect(await world.state.archive(RULES)).toMatchObject({ segments: 1, waitsFor: null })
    expect((await world.state.entries(1, 2))[0]?.seq).toBe(3)
  })

  test('rows stay until the receiver of decisions has them', async () => {
    const world = await start({ ...(await database.fresh()), receivers: ['decisions https://logs.example'] })
    await pay(world.state, 'A')
    world.day = 100
    expect(await world.state.archive(RULES)).toMatchObject({
      waitsFor: 'the receiver of decisions https://logs.example',
    })
    await world.state.noteDelivered('decisions https://logs.example', 2)
    expect(await world.state.archive(RULES)).toMatchObject({ segments: 1, waitsFor: null })
  })

  test('rows do not leave when their file is not what was written, nor when the chain is broken already', async () => {
    const place = await database.fresh()
    const anchor = join(anchorFolder(), 'later')
    writeFileSync(anchor, 'in the way')
    const world = await start({ ...place, checkpoint: { ...SELDOM, anchors: [anchor] } })
    await pay(world.state, 'A')
    world.day = 100
    await world.state.archive(RULES)
    rmSync(anchor)
    const file = join(archives(place), 'omie', '_', filesOf(place)[0] ?? '')
    writeFileSync(file, 'something else')
    await expect(world.state.archive(RULES)).rejects.toThrow('was cut short: 14 of')
    expect(await world.state.entries(1, 2)).toHaveLength(2)
  })
})
