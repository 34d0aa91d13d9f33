import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type CredentialStore, rotateCredentialKey, setCredentials } from '../../../engine/access/credentials.ts'
import type { StandIn } from '../../../engine/sandbox/stand-in.ts'
import { startTrytonStandIn } from '../../../engine/sandbox/tryton/server.ts'
import { connectCaller } from '../../helpers/alcada/caller.ts'
import { type Alcada, AURORA, startAlcada } from '../../helpers/alcada/start.ts'

const folder = mkdtempSync(join(tmpdir(), 'alcada-store-'))
afterAll(() => rmSync(folder, { recursive: true }))

function storeOf(erp: string): CredentialStore {
  return { erp, path: join(folder, erp, 'store.jwe'), key: { kind: 'file', path: join(folder, 'keys', `${erp}.key`) } }
}

function settingsOf(store: CredentialStore): Record<string, string> {
  if (store.key.kind !== 'file') throw new Error('expected a key file')
  return { ALCADA_CREDENTIALS_STORE: store.path, ALCADA_CREDENTIALS_KEY_FILE: store.key.path }
}

async function setAll(store: CredentialStore, credentials: StandIn['credentials']): Promise<void> {
  for (const [company, values] of Object.entries(credentials)) await setOne(store, company, values)
}

function setOne(store: CredentialStore, company: string, values: Record<string, string>): Promise<unknown> {
  return setCredentials(store, { company, action: 'set', values: () => values })
}

async function health(alcada: Alcada): Promise<{ status: string; last_error: { code: string } | null }> {
  const told: { status: string; last_error: { code: string } | null } = JSON.parse(
    await (await fetch(`${alcada.ops}/health`)).text(),
  )
  return told
}

/** Asks until it says so: how long a change takes to be met is no part of the rule. */
async function until(ask: () => Promise<boolean>): Promise<void> {
  while (!(await ask())) await new Promise((resolve) => setTimeout(resolve, 25))
}

function recorded(alcada: Alcada, what: string): string[] {
  return alcada.ledger().flatMap(({ event }) => (event.kind === 'recorded' && event.what === what ? [event.code] : []))
}

describe('a server on a sealed store', () => {
  const store = storeOf('tryton')
  let standIn: StandIn
  let alcada: Alcada
  let vendors: () => Promise<string>

  beforeAll(async () => {
    standIn = await startTrytonStandIn()
    await setAll(store, standIn.credentials)
    // The secrets file holds nothing that works: the store comes first.
    const nothing = { [AURORA]: { ...standIn.credentials[AURORA], password: 'of-the-secrets-file' } }
    alcada = await startAlcada({
      erp: 'tryton',
      upstream: { url: standIn.url, credentials: nothing },
      env: settingsOf(store),
    })
    const caller = await connectCaller(alcada.mcp, alcada.token('viewer'))
    vendors = async () => {
      const told = await caller.call('get_vendors_list', { page_size: 1 })
      return told.kind === 'refusal' ? told.error.code : told.kind
    }
  })
  afterAll(async () => {
    await alcada.stop()
    await standIn.close()
  })

  const password = (text: string): Promise<unknown> =>
    setOne(store, AURORA, { ...standIn.credentials[AURORA], password: text })

  test('opens it, says so in the ledger, and works with what is in it', async () => {
    expect(await vendors()).toBe('result')
    expect(recorded(alcada, 'credentials_opened')).toEqual(['store'])
    expect(alcada.log()).not.toContain(standIn.credentials[AURORA]?.['password'])
  })

  test('takes new values without a restart: the session of the old ones is used no more', async () => {
    await password('wrong-from-now-on')
    await until(async () => recorded(alcada, 'credentials_opened').length === 2)
    expect(await vendors()).toBe('erp_auth')
    await password(standIn.credentials[AURORA]?.['password'] ?? '')
    await until(async () => recorded(alcada, 'credentials_opened').length === 3)
    // At once, although a refused login is left alone for a minute: these are other credentials.
    expect(await vendors()).toBe('result')
  })

  test('goes on while its key is replaced', async () => {
    const before = recorded(alcada, 'credentials_opened').length
    const calls: Promise<string>[] = []
    const calling = setInterval(() => calls.push(vendors()), 20)
    await rotateCredentialKey(store)
    await until(async () => recorded(alcada, 'credentials_opened').length > before)
    clearInterval(calling)
    expect(new Set(await Promise.all([...calls, vendors()]))).toEqual(new Set(['result']))
    expect(recorded(alcada, 'credentials_refused')).toEqual([])
  })

  test('keeps the values it has when the store is cut off, says so, and takes the whole one again', async () => {
    const whole = readFileSync(store.path, 'utf8')
    writeFileSync(store.path, whole.slice(0, 100))
    await until(async () => (await health(alcada)).last_error?.code === 'STORE_MALFORMED')
    expect((await health(alcada)).status).toBe('degraded')
    expect(await vendors()).toBe('result')
    expect(recorded(alcada, 'credentials_refused')).toEqual(['STORE_MALFORMED'])
    writeFileSync(store.path, whole)
    await until(async () => (await health(alcada)).status === 'enforcing')
  })

  test('with the wrong key denies everything, and comes into force with the right one, without a restart', async () => {
    const { path } = store.key.kind === 'file' ? store.key : { path: '' }
    const right = readFileSync(path, 'utf8')
    writeFileSync(path, randomBytes(32).toString('base64'))
    await alcada.restart()
    expect(await health(alcada)).toMatchObject({ status: 'denying', last_error: { code: 'STORE_KEY_WRONG' } })
    expect((await fetch(`${alcada.ops}/health/ready`)).status).toBe(503)
    expect(recorded(alcada, 'credentials_refused').at(-1)).toBe('STORE_KEY_WRONG')
    writeFileSync(path, right)
    await until(async () => (await health(alcada)).status === 'enforcing')
    const caller = await connectCaller(alcada.mcp, alcada.token('viewer'))
    expect((await caller.call('get_vendors_list', { page_size: 1 })).kind).toBe('result')
    await caller.close()
  })
})

describe("another ERP's store", () => {
  test('is refused by the server process, with its own key and even with the right one', async () => {
    const [own, foreign] = [storeOf('nibo'), storeOf('omie')]
    await setOne(own, AURORA, { api_token: 'own-token-of-nibo' })
    await setOne(foreign, AURORA, { api_token: 'c4n4ry-token-of-omie' })
    const stolen = {
      ...settingsOf(foreign),
      ALCADA_CREDENTIALS_KEY_FILE: settingsOf(own)['ALCADA_CREDENTIALS_KEY_FILE'] ?? '',
    }
    const nibo = await startAlcada({ erp: 'nibo', env: stolen })
    try {
      expect(await health(nibo)).toMatchObject({ status: 'denying', last_error: { code: 'STORE_OTHER_ERP' } })
    } finally {
      await nibo.stop()
    }
    const withKey = await startAlcada({ erp: 'nibo', env: settingsOf(foreign) })
    try {
      expect(await health(withKey)).toMatchObject({ status: 'denying', last_error: { code: 'STORE_OTHER_ERP' } })
      expect(withKey.log()).not.toContain('c4n4ry')
    } finally {
      await withKey.stop()
    }
  })

  test('relabelled as its own does not open with its own key, nor with the right one', async () => {
    const [own, foreign] = [storeOf('nibo'), { ...storeOf('omie'), path: join(folder, 'relabelled', 'store.jwe') }]
    mkdirSync(join(folder, 'relabelled'), { mode: 0o700 })
    const [, ...rest] = readFileSync(storeOf('omie').path, 'utf8').split('.')
    const [header = ''] = readFileSync(own.path, 'utf8').split('.')
    writeFileSync(foreign.path, [header, ...rest].join('.'), { mode: 0o600 })
    const key = settingsOf(own)['ALCADA_CREDENTIALS_KEY_FILE'] ?? ''
    const nibo = await startAlcada({
      erp: 'nibo',
      env: { ALCADA_CREDENTIALS_STORE: foreign.path, ALCADA_CREDENTIALS_KEY_FILE: key },
    })
    try {
      expect(await health(nibo)).toMatchObject({ status: 'denying', last_error: { code: 'STORE_ALTERED' } })
    } finally {
      await nibo.stop()
    }
  })
})
