import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, expect, inject, test } from 'vitest'
import { type SigningKey, signingKey } from '../../../engine/access/signing-key.ts'
import { issueToken } from '../../../engine/access/token.ts'
import { signOverlay } from '../../../engine/bundle/sign-overlay.ts'
import { folderWriter } from '../../../engine/publish/folder.ts'
import { publishOverlay } from '../../../engine/publish/overlays.ts'
import { openPublisher, type Publisher } from '../../helpers/alcada/publisher.ts'
import { asOperator, health, keysFolder, runAlcada, stopsInForce, until } from '../../helpers/alcada/revoke.ts'
import { AURORA } from '../../helpers/alcada/start.ts'
import { type Line, openLine } from '../../helpers/line/line.ts'
import { connect2026 } from '../../helpers/mcp/clients.ts'

let line: Line
let publishers: Publisher[]
beforeEach(async () => {
  publishers = []
  line = await openLine({ erp: 'omie', standIn: { limitFactor: 1_000 } })
})
afterEach(async () => {
  for (const publisher of publishers) await publisher.close()
  await line.stop()
})

const keyOf = (use: SigningKey['use']): Promise<SigningKey> => signingKey({ folder: keysFolder(line.alcada), use })

/** Publishes the project with a key of the test's own choice. */
async function publishWith(key: SigningKey): Promise<number> {
  const { project, env } = line.alcada
  const publisher = await openPublisher({
    ...{ root: project.root, erp: 'omie', channel: env['ALCADA_CHANNEL'] ?? '', key, compiler: inject('compiler') },
  })
  publishers.push(publisher)
  return publisher.publish()
}

async function keys(...args: string[]): Promise<string> {
  const { code, out, err } = await asOperator(line.alcada, ['keys', ...args, '--format', 'json'])
  if (code !== 0) throw new Error(err)
  return out
}

async function enters(key: SigningKey): Promise<boolean> {
  const { token } = issueToken(
    { erp: 'omie', sub: 'agent-x', for: 'u17', kind: 'agent', roles: ['viewer'], companies: [AURORA] },
    key,
  )
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' })
  const answer = await fetch(line.alcada.mcp, { method: 'POST', headers, body })
  await answer.text()
  return answer.status !== 401
}

const errorShown = (code: string): Promise<void> =>
  until(async () => JSON.stringify((await health(line.alcada)).body).includes(code))

test('no call of fifty callers fails while the keys of bundles and tokens are rotated under them', async () => {
  const { alcada } = line
  const clients = await Promise.all(
    Array.from({ length: 50 }, (_, index) =>
      connect2026(alcada.mcp, alcada.token('viewer', { sub: `agent-${index}` })),
    ),
  )
  let going = true
  const failed: string[] = []
  let answered = 0
  const calling = clients.map(async (client) => {
    while (going) {
      const answer = await client.callTool({ name: 'get_vendors_list', arguments: {} })
      if (answer.isError === true) failed.push(JSON.stringify(answer.content))
      answered += 1
      await setTimeout(20)
    }
  })
  await keys('rotate', '--use', 'token')
  await keys('rotate', '--use', 'bundle')
  const [token, bundle] = [await keyOf('token'), await keyOf('bundle')]
  await until(() => enters(token))
  const revision = await publishWith(bundle)
  await alcada.enforced(revision)
  const before = answered
  await until(() => answered > before + 50)
  going = false
  await Promise.all(calling)
  for (const client of clients) await client.close()
  expect(failed).toEqual([])
  expect((await health(alcada)).body['status']).toBe('enforcing')
})

test('whoever stole the old keys can do nothing with them once they are retired, and it is seen what was signed', async () => {
  const stolen = { token: await keyOf('token'), bundle: await keyOf('bundle'), revocation: await keyOf('revocation') }
  const stop = async (key: SigningKey): Promise<void> => {
    const nowMs = Date.now()
    const [from, to] = [nowMs, nowMs + 3_600_000].map((ms) => new Date(ms).toISOString())
    const overlay = (sequence: number): Promise<string> =>
      signOverlay(
        { erp: 'omie', sequence, stops: { all: true }, from: from ?? '', until: to ?? '', reason: 'sabotagem' },
        key,
      )
    const channel = folderWriter(line.alcada.env['ALCADA_CHANNEL'] ?? '')
    await publishOverlay({ channel, erp: 'omie', nowMs, overlay })
  }
  expect(await enters(stolen.token)).toBe(true)
  for (const use of ['token', 'bundle', 'revocation']) await keys('rotate', '--use', use)
  await until(async () => enters(await keyOf('token')))
  const good = await publishWith(await keyOf('bundle'))
  await line.alcada.enforced(good)
  for (const { keyId } of Object.values(stolen)) await keys('retire', keyId)

  await until(async () => !(await enters(stolen.token)))
  const forged = line.alcada.nextPolicy()
  await publishWith(stolen.bundle)
  expect((await forged).error?.code).toBe('BUNDLE_KEY_UNKNOWN')
  await stop(stolen.revocation)
  await errorShown('OVERLAY_KEY_UNKNOWN')
  const { body } = await health(line.alcada)
  expect(body['revision']).toBe(good)
  expect(body['overlays']).toMatchObject({ active: 0 })
  expect(await enters(await keyOf('token'))).toBe(true)
  // What each key brought into force stands in the log by its id.
  const activated = line.alcada
    .log()
    .split('\n')
    .filter((text) => text.includes('policy.activated'))
  expect(activated.map((text) => JSON.parse(text).key)).toEqual([stolen.bundle.keyId, (await keyOf('bundle')).keyId])
  // And the new keys work.
  await stop(await keyOf('revocation'))
  await stopsInForce(line.alcada, 1)
})

test('what a stolen key has put in force ends with the key', async () => {
  const { keyId } = await keyOf('bundle')
  await keys('rotate', '--use', 'bundle')
  await keys('retire', keyId)
  await until(async () => (await health(line.alcada)).body['status'] === 'denying')
  expect((await line.call('viewer', 'get_vendors_list', {})).refusal?.error.code).toBe('policy_unavailable')
  await line.alcada.enforced(await publishWith(await keyOf('bundle')))
  expect((await line.call('viewer', 'get_vendors_list', {})).result).not.toBeNull()
})

test('a broken file of keys changes nothing but what health says, until it is whole again', async () => {
  const { env } = line.alcada
  for (const [file, code] of [
    [env['ALCADA_TRUST_FILE'] ?? '', 'TRUST_MALFORMED'],
    [env['ALCADA_TOKEN_KEYS_FILE'] ?? '', 'TOKEN_KEYS_MALFORMED'],
  ] as const) {
    const whole = readFileSync(file)
    writeFileSync(file, '{"keys":')
    await errorShown(code)
    expect((await health(line.alcada)).body['status']).toBe('degraded')
    expect((await line.call('viewer', 'get_vendors_list', {})).result).not.toBeNull()
    writeFileSync(file, whole)
    await until(async () => (await health(line.alcada)).body['status'] === 'enforcing')
  }
})

test('another key signs checkpoints while calls go on; the ledger names it, and verify takes what both signed', async () => {
  const state = line.alcada.env['ALCADA_STATE_DIR'] ?? ''
  const verify = (): ReturnType<typeof runAlcada> =>
    runAlcada(line.alcada.project.root, ['audit', 'verify', 'omie', '--format', 'json'], { ALCADA_STATE_DIR: state })
  const use = (text: string): void => {
    writeFileSync(join(state, 'next.json'), text, { mode: 0o600 })
    renameSync(join(state, 'next.json'), join(state, 'checkpoint-key.json'))
  }
  const { id } = JSON.parse(await keys('new', '--use', 'checkpoint'))
  const other = readFileSync(join(keysFolder(line.alcada), 'keys', `${id}.json`), 'utf8')
  expect((await line.call('viewer', 'get_vendors_list', {})).result).not.toBeNull()
  use(other)
  await until(() => line.alcada.log().includes('checkpoint_key.renewed'))
  expect((await line.call('viewer', 'get_customers_list', {})).result).not.toBeNull()
  const named = line.alcada.ledger().flatMap(({ event }) => (event.kind === 'recorded' ? (event.key ?? []) : []))
  expect(named).toMatchObject([{ id, before: expect.stringMatching(/^server-/) }])
  use('{}')
  await errorShown('CHECKPOINT_KEY_UNUSABLE')
  expect((await health(line.alcada)).body['status']).toBe('degraded')
  use(other)
  await until(async () => (await health(line.alcada)).body['status'] === 'enforcing')
  // The last checkpoint is the new key's.
  await line.alcada.restart()
  const { code, out } = await verify()
  expect([code, JSON.parse(out).ok]).toEqual([0, true])
  // And would not hold without the key before.
  renameSync(join(state, 'checkpoint-keys-before.json'), join(state, 'elsewhere.json'))
  expect((await verify()).out).toContain('is not signed by a key that is trusted (it names `server-')
})
