import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { readCheckpoint } from '../../../engine/contract/checkpoint.ts'
import { ownCheckpointKey } from '../../../servers/state/checkpoint-key.ts'
import { openState, type State, type StateOptions } from '../../../servers/state/state.ts'
import { type Database, databases, stateFolder } from '../../helpers/state/databases.ts'
import { payment, WEDNESDAY } from './fixtures.ts'

const opened: State[] = []
afterEach(async () => {
  for (const state of opened.splice(0)) await state.stop()
})

const SELDOM = { keyFile: null, anchorTokenFile: null, anchors: [], everyMs: 3_600_000, everyEntries: 1_000_000 }

async function start(options: Partial<StateOptions> & { path: string }): Promise<State> {
  const state = await openState({ erp: 'omie', now: () => WEDNESDAY, ...options })
  opened.push(state)
  return state
}

async function pay(state: State, ...references: string[]): Promise<void> {
  for (const reference of references) await state.open(payment({ reference }))
}

async function until(met: () => boolean): Promise<void> {
  while (!met()) await setTimeout(20)
}

function anchorFolder(): string {
  return mkdtempSync(join(tmpdir(), 'alcada-anchor-'))
}

describe.each(databases.filter(({ missing }) => missing === null))('in $name', ({ start: startDatabase }) => {
  let database: Database
  beforeAll(async () => {
    database = await startDatabase()
  })
  afterAll(() => database.stop())

  test('a stop signs where the chain stands, and each checkpoint follows the one before', async () => {
    const place = await database.fresh()
    const anchor = anchorFolder()
    const checkpoint = { ...SELDOM, anchors: [anchor] }
    const first = await start({ ...place, checkpoint })
    await pay(first, 'A', 'B')
    await first.stop()
    const second = await start({ ...place, checkpoint })
    await pay(second, 'C')
    const [, , third] = await second.entries(1, 3)
    await second.stop()
    const files = readdirSync(join(anchor, 'omie', '_')).sort()
    expect(files).toEqual(['000000001.json', '000000002.json'])
    const last = readCheckpoint(readFileSync(join(anchor, 'omie', '_', '000000002.json'), 'utf8'))
    expect(last?.checkpoint).toEqual({
      ...{ erp: 'omie', replica: '', number: 2, seq: 3, hash: third?.hash, at_ms: WEDNESDAY },
    })
  })

  test('one is made every so many entries', async () => {
    const anchor = anchorFolder()
    const checkpoint = { ...SELDOM, anchors: [anchor], everyEntries: 3 }
    const state = await start({ ...(await database.fresh()), checkpoint })
    await pay(state, 'A', 'B', 'C')
    await until(() => existsSync(join(anchor, 'omie', '_', '000000001.json')))
  })

  test('one is made every so often while something is written, and none while nothing is', async () => {
    const anchor = anchorFolder()
    const state = await start({
      ...(await database.fresh()),
      checkpoint: { ...SELDOM, anchors: [anchor], everyMs: 30 },
    })
    await pay(state, 'A')
    await until(() => existsSync(join(anchor, 'omie', '_', '000000001.json')))
    await setTimeout(200)
    expect(readdirSync(join(anchor, 'omie', '_'))).toHaveLength(1)
  })
})

describe('an anchor', () => {
  test('that is away gets everything, in order, once it is back', async () => {
    const anchor = join(anchorFolder(), 'later')
    writeFileSync(anchor, 'in the way')
    const failures: string[] = []
    const path = stateFolder()
    const checkpoint = { ...SELDOM, anchors: [anchor], everyEntries: 1 }
    const options = { path, checkpoint, onAnchorError: (name: string) => failures.push(name) }
    const before = await start(options)
    await pay(before, 'A', 'B')
    await before.stop()
    expect(failures).toContain(anchor)
    rmSync(anchor)
    const after = await start(options)
    await until(() => existsSync(join(anchor, 'omie', '_', '000000001.json')))
    await after.stop()
    const files = readdirSync(join(anchor, 'omie', '_')).sort()
    expect(files).toEqual(files.map((_, index) => `${String(index + 1).padStart(9, '0')}.json`))
  })

  test('that holds another checkpoint of that number is told of, and never overwritten', async () => {
    const anchor = anchorFolder()
    const there = join(anchor, 'omie', '_', '000000001.json')
    mkdirSync(dirname(there), { recursive: true })
    writeFileSync(there, '{}')
    const messages: string[] = []
    const state = await start({
      path: stateFolder(),
      checkpoint: { ...SELDOM, anchors: [anchor] },
      onAnchorError: (_anchor, message) => messages.push(message),
    })
    await pay(state, 'A')
    await state.stop()
    expect(messages[0]).toBe('the anchor holds another checkpoint 1: this is not the chain it knows')
    expect(readFileSync(there, 'utf8')).toBe('{}')
  })
})

describe('an address as anchor', () => {
  let server: Server
  let base: string
  const kept = new Map<string, string>()
  let failing = 0
  let authorization: string | undefined
  beforeAll(async () => {
    server = createServer(async (request, response) => {
      let body = ''
      for await (const part of request) body += part
      const { url = '', method } = request
      authorization = request.headers.authorization
      if (failing > 0) {
        failing -= 1
        response.writeHead(503).end()
      } else if (method === 'GET') response.writeHead(kept.has(url) ? 200 : 404).end(kept.get(url))
      else if (request.headers['if-none-match'] === '*' && kept.has(url)) response.writeHead(412).end()
      else {
        kept.set(url, body)
        response.writeHead(201).end()
      }
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    base = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/bucket`
  })
  afterAll(() => new Promise((resolve) => server.close(resolve)))

  test('gets each checkpoint by PUT, with its token, again after a failure, and once', async () => {
    const path = stateFolder()
    const anchorTokenFile = join(path, 'anchor-token')
    writeFileSync(anchorTokenFile, 'secret-of-the-anchor\n')
    failing = 1
    const failures: string[] = []
    const checkpoint = { ...SELDOM, anchors: [base], anchorTokenFile, everyEntries: 1 }
    const state = await start({ path, checkpoint, onAnchorError: (_anchor, message) => failures.push(message) })
    await pay(state, 'A')
    await until(() => kept.size === 1)
    await state.stop()
    expect(failures).toEqual(['the anchor answered 503'])
    expect(authorization).toBe('Bearer secret-of-the-anchor')
    expect([...kept.keys()]).toEqual(['/bucket/omie/_/000000001.json'])
    expect(readCheckpoint([...kept.values()][0] ?? '')?.checkpoint).toMatchObject({ number: 1, seq: 1 })
  })
})

describe('the key of checkpoints', () => {
  test('is made once, for its owner alone, and stays', async () => {
    const path = stateFolder()
    expect(ownCheckpointKey(path)).toBeNull()
    await (await start({ path })).stop()
    const key = ownCheckpointKey(path)
    expect(key?.id).toMatch(/^server-[0-9a-f]{16}$/)
    expect(Object.keys(key?.jwk ?? {})).toEqual(['kty', 'crv', 'x'])
    expect(statSync(join(path, 'checkpoint-key.json')).mode & 0o777).toBe(0o600)
    await (await start({ path })).stop()
    expect(ownCheckpointKey(path)).toEqual(key)
  })

  test('is refused when others may read it, or when it is for another use', async () => {
    const path = stateFolder()
    await (await start({ path })).stop()
    const keyFile = join(path, 'given.json')
    const own = readFileSync(join(path, 'checkpoint-key.json'), 'utf8')
    writeFileSync(keyFile, own.replace('"checkpoint"', '"bundle"'), { mode: 0o600 })
    const checkpoint = { ...SELDOM, keyFile }
    await expect(start({ path, checkpoint })).rejects.toThrow('expected a key of use `checkpoint`')
    writeFileSync(keyFile, own)
    chmodSync(keyFile, 0o640)
    await expect(start({ path, checkpoint })).rejects.toThrow('mode 600')
  })
})
