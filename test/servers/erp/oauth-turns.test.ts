import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { createRedactor } from '../../../servers/credentials/redactor.ts'
import type { ActivePolicy } from '../../../servers/policy/status.ts'
import { openState, type State } from '../../../servers/state/state.ts'
import { erpClients } from '../../../servers/wiring/erp-clients.ts'
import { ERP_CLIENT, ERP_SECRET, type ErpProvider, startErpProvider } from '../../helpers/identity/erp-provider.ts'
import { stateFolder } from '../../helpers/state/databases.ts'
import { AURORA, call, catalogue, client, closing, credentials, erp, tool } from './erp-on-loopback.ts'
import { byCode, SPEC, sql } from './oauth-parts.ts'

// A refresh token is used once within one process too, whatever happens in the midst of it, and used at all while nobody
// calls.

const READ = tool()
const open = closing()
const place = { path: stateFolder(), databaseUrl: null }
let provider: ErpProvider
let state: State

beforeAll(async () => {
  provider = await startErpProvider()
  state = await openState({ ...place, erp: 'omie', now: Date.now })
})
afterAll(async () => {
  await state.stop()
  await provider.stop()
})
beforeEach(() => {
  provider.asked.length = 0
  provider.answered = null
})
afterEach(open.all)

const used = () => provider.asked.map(({ refresh, status }) => [refresh, status])
async function valuesOf() {
  const values = { client_id: ERP_CLIENT, client_secret: ERP_SECRET, refresh_token: await provider.login('ana') }
  return { values, held: credentials({ [AURORA]: values }) }
}
/** No call comes through; whether it has a token is what counts here. */
function catalogueAt(tokenUrl = `${provider.url}/token`) {
  const auth = [byCode(provider.url, { tokenUrl })]
  return catalogue(erp(provider.url, { credentials: SPEC, connection: { auth } }), READ)
}

test('a credential that is replaced in the midst of a refresh sends no second one, and loses no token', async () => {
  const { values, held } = await valuesOf()
  const one = open.add(client(catalogueAt(), { credentials: held, grants: state.grants }))
  const again: Promise<unknown>[] = []
  provider.answered = () => {
    provider.answered = null
    one.renew(AURORA)
    again.push(one.call(call(READ, { id: '2' })))
  }
  await one.call(call(READ, { id: '1' }))
  await Promise.all(again)
  expect(again).toHaveLength(1)
  expect(used()).toEqual([[values.refresh_token, 200]])
})

test('nor does the end of the server, which waits for it', async () => {
  const { values, held } = await valuesOf()
  const one = client(catalogueAt(), { credentials: held, grants: state.grants })
  const ending: Promise<void>[] = []
  provider.answered = async () => {
    provider.answered = null
    one.renew(AURORA)
    ending.push(one.close())
    // Whoever does not wait has gone by then.
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await one.call(call(READ, { id: '1' }))
  await Promise.all(ending)
  const two = open.add(client(catalogueAt(), { credentials: held, grants: state.grants }))
  await two.call(call(READ, { id: '2' }))
  expect(used()).toEqual([[values.refresh_token, 200]])
  expect(await sql(place, 'SELECT version, failures FROM grants ORDER BY saved_ms DESC LIMIT 1')).toEqual([
    { version: 1, failures: 0 },
  ])
})

test('a grant that nobody calls with is renewed all the same, where the policy in force says and nowhere else', async () => {
  const { values, held } = await valuesOf()
  const heard: string[] = []
  const clients = erpClients({
    open: async () => held,
    redactor: createRedactor(),
    now: Date.now,
    limits: {},
    grants: { grants: state.grants, onGrant: async ({ what }) => void heard.push(what) },
    upstream: { folder: '', path: null, heard: () => undefined },
    aliveMs: 20,
  })
  const policy = (tokenUrl?: string) => ({ catalogue: catalogueAt(tokenUrl) }) as ActivePolicy
  await clients.prepare(policy())
  await until(() => heard.length === 1)
  expect(used()).toEqual([[values.refresh_token, 200]])
  const elsewhere = `${provider.url}/token?other`
  await clients.prepare(policy(elsewhere))
  await sql(place, 'UPDATE grants SET until_ms = 0, renew_ms = 0')
  await until(() => heard.length === 2)
  await clients.close()
  // The address before is asked for nothing, although its token is over.
  expect(used()).toHaveLength(1)
})

async function until(done: () => boolean): Promise<void> {
  while (!done()) await new Promise((resolve) => setTimeout(resolve, 5))
}
