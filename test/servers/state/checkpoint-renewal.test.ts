import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { newKey } from '../../../engine/access/keys.ts'
import type { SignedCheckpoint } from '../../../engine/contract/checkpoint.ts'
import type { LedgerRow } from '../../../engine/contract/ledger.ts'
import { openAnchor } from '../../../servers/state/anchor.ts'
import { formerCheckpointKeys, ownCheckpointKey } from '../../../servers/state/checkpoint-key.ts'
import { openState, type State } from '../../../servers/state/state.ts'
import { type Database, databases, stateFolder } from '../../helpers/state/databases.ts'
import { payment, WEDNESDAY } from './fixtures.ts'

const SELDOM = { anchorTokenFile: null, everyMs: 3_600_000, everyEntries: 1_000_000 }

describe.each(databases.filter(({ missing }) => missing === null))('in $name', ({ start: startDatabase }) => {
  let database: Database
  let keys: { first: { id: string; file: string }; second: { id: string; file: string } }
  let keyFile: string
  let anchor: string
  let state: State | null = null
  beforeAll(async () => {
    database = await startDatabase()
  })
  afterAll(() => database.stop())
  beforeEach(async () => {
    const folder = stateFolder()
    const made = async (): Promise<{ id: string; file: string }> => {
      const { id } = await newKey({ folder, use: 'checkpoint' })
      return { id, file: readFileSync(join(folder, 'keys', `${id}.json`), 'utf8') }
    }
    keys = { first: await made(), second: await made() }
    keyFile = join(folder, 'signs.json')
    anchor = join(folder, 'anchor')
    put(keys.first.file)
  })
  afterEach(async () => {
    await state?.stop()
    state = null
  })

  const put = (text: string): void => writeFileSync(keyFile, text, { mode: 0o600 })
  const open = async (
    place: Awaited<ReturnType<Database['fresh']>>,
    given: string | null = keyFile,
  ): Promise<State> => {
    const checkpoint = { ...SELDOM, keyFile: given, anchors: [anchor] }
    state = await openState({ erp: 'omie', now: () => WEDNESDAY, ...place, checkpoint })
    return state
  }
  const close = async (): Promise<SignedCheckpoint[]> => {
    await state?.stop()
    state = null
    return openAnchor(anchor, null).read({ erp: 'omie', replica: '' })
  }
  const told = async (of: State): Promise<LedgerRow[]> =>
    (await of.entries(1, 100)).filter(({ event }) => event.kind === 'recorded' && event.what === 'checkpoint_key')

  test('another key in the file is named in the chain, the one before signs that, and the other one what follows', async () => {
    const open1 = await open(await database.fresh())
    await open1.open(payment({ reference: 'A' }))
    expect(await open1.renewCheckpointKey()).toBeNull()
    put(keys.second.file)
    expect(await open1.renewCheckpointKey()).toBe(keys.second.id)
    expect(await open1.renewCheckpointKey()).toBeNull()
    await open1.open(payment({ reference: 'B' }))
    const [row, ...more] = await told(open1)
    expect(more).toEqual([])
    const { jwk } = JSON.parse(keys.second.file)
    expect(row?.event).toMatchObject({ key: { id: keys.second.id, x: jwk.x, before: keys.first.id } })
    const signed = await close()
    expect(signed.map(({ key, checkpoint }) => [key, checkpoint.seq])).toEqual([
      [keys.first.id, 2],
      [keys.second.id, 3],
    ])
  })

  test('a file that holds no key changes nothing: the key before it signs on', async () => {
    const started = await open(await database.fresh())
    await started.open(payment({ reference: 'A' }))
    put('{"id":"x"}')
    await expect(started.renewCheckpointKey()).rejects.toThrow('expected a key of use `checkpoint`')
    put(keys.second.file)
    chmodSync(keyFile, 0o644)
    await expect(started.renewCheckpointKey()).rejects.toThrow('mode 600')
    rmSync(keyFile)
    await expect(started.renewCheckpointKey()).rejects.toThrow('ENOENT')
    expect(await told(started)).toEqual([])
    expect((await close()).map(({ key }) => key)).toEqual([keys.first.id])
  })

  test('one that was replaced while nobody ran is named in the chain at the start', async () => {
    const place = await database.fresh()
    await (await open(place)).open(payment({ reference: 'A' }))
    await close()
    put(keys.second.file)
    const again = await open(place)
    expect((await told(again)).map(({ event }) => (event.kind === 'recorded' ? event.key?.before : null))).toEqual([
      keys.first.id,
    ])
    await close()
    expect(await told(await open(place))).toHaveLength(1)
  })

  test('of a key of the server’s own, what it signed before can be verified still', async () => {
    const place = await database.fresh()
    const started = await open(place, null)
    const own = ownCheckpointKey(place.path)
    writeFileSync(join(place.path, 'checkpoint-key.json'), keys.second.file, { mode: 0o600 })
    await started.renewCheckpointKey()
    expect(ownCheckpointKey(place.path)?.id).toBe(keys.second.id)
    expect(formerCheckpointKeys(place.path)).toEqual([own])
  })
})
