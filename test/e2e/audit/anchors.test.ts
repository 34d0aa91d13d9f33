import { execFile } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AnchorServer, startAnchorServer } from '../../helpers/anchor-server.ts'
import { type Database, databases, type Place, stateFolder } from '../../helpers/state/databases.ts'
import { aged, pay, RULES, SELDOM } from '../../servers/state/aged.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const tokenFile = join(stateFolder(), 'anchor-token')
let server: AnchorServer
beforeAll(async () => {
  writeFileSync(tokenFile, 'of-the-anchor\n')
  server = await startAnchorServer('of-the-anchor')
})
afterAll(() => server.close())

function verify({ path, databaseUrl }: Place, anchor: string, token = tokenFile): Promise<[number, string]> {
  const env = {
    PATH: process.env['PATH'] ?? '',
    ALCADA_STATE_DIR: path,
    ALCADA_ANCHOR_TOKEN_FILE: token,
    ...(databaseUrl === null ? {} : { ALCADA_DATABASE_URL: databaseUrl }),
  }
  const command = [join(root, 'engine', 'cli.ts'), '--root', root, 'audit', 'verify', 'omie', '--anchor', anchor]
  return new Promise((resolve) => {
    execFile(process.execPath, command, { env }, (error, out, err) => {
      const code = error === null ? 0 : Number(error.code)
      resolve([code, `${out}${err}`.split('\n')[0] ?? ''])
    })
  })
}

describe.each(databases.filter(({ missing }) => missing === null))('in $name', ({ start }) => {
  let database: Database
  beforeAll(async () => {
    database = await start()
  })
  afterAll(() => database.stop())

  async function written(anchors: string[], ...references: string[]): Promise<Place> {
    const place = await database.fresh()
    const checkpoint = { ...SELDOM, anchors, anchorTokenFile: tokenFile }
    const world = await aged({ ...place, checkpoint })
    await pay(world.state, ...references)
    world.day = 100
    await world.state.archive(RULES)
    await pay(world.state, 'last')
    await world.state.stop()
    return place
  }

  test('verify proves the end, archives included, by a folder', async () => {
    const anchor = mkdtempSync(join(tmpdir(), 'alcada-anchor-'))
    const place = await written([anchor], 'A', 'B')
    expect(await verify(place, anchor)).toEqual([
      0,
      'omie: 7 rows, each as it was written, 1 archives read; end proved up to row 7, 0 after it',
    ])
  })

  test('verify proves the end by an address, and says when it may not ask it', async () => {
    server.kept.clear()
    const place = await written([server.url], 'A', 'B')
    expect([...server.kept.keys()]).toEqual(['/anchor/omie/_/000000001.json', '/anchor/omie/_/000000002.json'])
    expect((await verify(place, server.url))[1]).toMatch(/; end proved up to row 7, 0 after it$/)
    const wrong = join(stateFolder(), 'wrong')
    writeFileSync(wrong, 'another')
    expect(await verify(place, server.url, wrong)).toEqual([1, 'alcada: the anchor answered 401'])
  })

  test('a ledger that is not the one the anchor knows is found out by either', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'alcada-anchor-'))
    server.kept.clear()
    await written([folder, server.url], 'A', 'B')
    const other = await written([], 'C', 'D')
    for (const anchor of [folder, server.url]) {
      const [code, said] = await verify(other, anchor)
      expect(code).toBe(3)
      expect(said).toMatch(
        /^omie: broken at row \d+: checkpoint 1 of the anchor is not signed by a key that is trusted/,
      )
    }
  })
})
