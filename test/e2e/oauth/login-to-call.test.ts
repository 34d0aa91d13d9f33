import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type CredentialStore,
  dropOldCredentialKeys,
  rotateCredentialKey,
  setCredentials,
} from '../../../engine/access/credentials.ts'
import { type ServerProcess, spawnServer } from '../../../engine/commands/server-process.ts'
import { type NiboStandIn, startNibo } from '../../../engine/sandbox/nibo/server.ts'
import { connectCaller } from '../../helpers/alcada/caller.ts'
import { copyProject, type TestProject } from '../../helpers/alcada/project.ts'
import { type Alcada, AURORA, startAlcada } from '../../helpers/alcada/start.ts'
import { freePort } from '../../helpers/free-port.ts'
import { ERP_CLIENT, ERP_SECRET, type ErpProvider, startErpProvider } from '../../helpers/identity/erp-provider.ts'
import { needs } from '../../helpers/needs.ts'
import { type Postgres, query, startPostgres } from '../../helpers/postgres.ts'
import { type ErpByToken, erpByToken } from './erp-by-token.ts'

// A person lets the server into an ERP by command; two server processes on one PostgreSQL call it with what that gave,
// through crashes, a new key of the store, the end of the grant and the next login.

const PROGRAM = fileURLToPath(new URL('../../../engine/cli.ts', import.meta.url))

describe.skipIf(needs('postgres').missing !== null)('an ERP that gives tokens by OAuth 2', () => {
  const folder = mkdtempSync(join(tmpdir(), 'alcada-oauth-'))
  const store: CredentialStore = {
    ...{ erp: 'nibo', path: join(folder, 'store.jwe') },
    key: { kind: 'file', path: join(folder, 'store.key') },
  }
  const settings = { ALCADA_CREDENTIALS_STORE: store.path, ALCADA_CREDENTIALS_KEY_FILE: join(folder, 'store.key') }
  let redirectUri = ''
  let provider: ErpProvider
  let nibo: NiboStandIn
  let erp: ErpByToken
  let project: TestProject
  let postgres: Postgres
  let url = ''
  let a: Alcada
  let b: ServerProcess
  const said: string[] = []

  beforeAll(async () => {
    redirectUri = `http://127.0.0.1:${await freePort()}/callback`
    provider = await startErpProvider({ redirectUris: [redirectUri] })
    nibo = await startNibo({ limitFactor: 1_000 })
    erp = await erpByToken(provider, nibo)
    postgres = await startPostgres()
    url = await postgres.database()
    project = copyProject('nibo')
    project.replace('erps/nibo/erp.yaml', '[api.nibo.com.br]', '[api.nibo.com.br, 127.0.0.1]')
    project.replace(
      'erps/nibo/erp.yaml',
      '    - { in: header, name: ApiToken, credential: api_token }',
      `    - in: oauth2
      grant: authorization_code
      authorizeUrl: ${provider.url}/auth
      tokenUrl: ${provider.url}/token
      clientId: client_id
      clientSecret: client_secret
      clientAuth: basic
      refreshToken: refresh_token
      scopes: [openid, offline_access]
      parameters: { prompt: consent }`,
    )
    project.replace(
      'erps/nibo/erp.yaml',
      'secret: [api_token]',
      'secret: [client_id, client_secret]\n  granted: [refresh_token]',
    )
    const client = { client_id: ERP_CLIENT, client_secret: ERP_SECRET }
    await setCredentials(store, { company: AURORA, action: 'set', values: () => client })
  })
  afterAll(async () => {
    await b?.stop()
    await a?.stop()
    await erp?.stop()
    await nibo?.close()
    await provider?.stop()
    await postgres?.stop()
    project?.remove()
    rmSync(folder, { recursive: true, force: true })
  })

  const refreshes = () => provider.asked.filter(({ grant }) => grant === 'refresh_token')
  async function call(mcp: URL): Promise<string> {
    const caller = await connectCaller(mcp, a.token('viewer'))
    const told = await caller.call('get_vendors_list', { page_size: 1 })
    await caller.close()
    said.push(JSON.stringify(told))
    return told.kind === 'refusal' ? told.error.code : told.kind
  }
  const health = async (): Promise<unknown> => (await fetch(new URL('/health', a.ops))).json()
  const both = () => Promise.all([call(a.mcp), call(new URL(b.mcp))])
  const events = async (): Promise<{ what?: string; code?: string; grant?: object }[]> =>
    (await query(url, 'SELECT event FROM erp_nibo.ledger ORDER BY ord')).map(({ event }) => JSON.parse(String(event)))
  const recorded = async (what: string) =>
    (await events()).filter((event) => event.what === what).map(({ code, grant }) => ({ code, grant }))

  /** Runs the command; `met` gets the address for the browser as soon as it is shown. */
  function login(more: string[], met: (start: string, input: NodeJS.WritableStream) => Promise<void>) {
    const args = [PROGRAM, '--root', project.root, 'credentials', 'login', 'nibo', '--company', AURORA]
    const child = spawn(process.execPath, [...args, '--redirect-uri', redirectUri, ...more], {
      env: { PATH: process.env['PATH'] ?? '', ...settings },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    let [out, err, shown] = ['', '', false]
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString()
    })
    const ended = new Promise<{ code: number | null; out: string; err: string }>((resolve, reject) => {
      child.stderr.on('data', (chunk: Buffer) => {
        err += chunk.toString()
        const start = /(http:\S+\/auth\?\S+)\n(waiting|then)/.exec(err)?.[1]
        if (start === undefined || shown) return
        shown = true
        met(start, child.stdin).catch(reject)
      })
      child.once('close', (code) => {
        said.push(out, err)
        resolve({ code, out, err })
      })
    })
    return ended
  }

  test('a person lets the server in: the browser comes back to the command, and nobody else’s answer counts', async () => {
    const ran = await login([], async (start) => {
      const forged = await fetch(`${redirectUri}?state=other&code=stolen`)
      expect([forged.status, (await fetch(`${redirectUri}/favicon.ico`)).status]).toEqual([400, 404])
      const back = await provider.answerFor(start, 'ana')
      expect((await fetch(back)).status).toBe(200)
    })
    expect(ran).toMatchObject({ code: 0, out: expect.stringContaining(`${AURORA} is let into nibo`) })
    const audit = readFileSync(`${store.path}.audit.jsonl`, 'utf8')
    expect(audit).toContain('"action":"login"')
    expect(audit).toContain('"names":["client_id","client_secret","refresh_token"]')
  })

  test('a no of that person is an error, and leaves the store as it is', async () => {
    const before = readFileSync(store.path, 'utf8')
    const ran = await login(['--paste'], async (start, input) => {
      const state = new URL(start).searchParams.get('state')
      input.end(`${redirectUri}?error=access_denied&state=${state}\n`)
    })
    expect([ran.code, ran.err.split('\n').at(-2)]).toEqual([
      1,
      'alcada: the ERP did not let the server in: `access_denied`',
    ])
    expect(readFileSync(store.path, 'utf8')).toBe(before)
  })

  test('two processes that begin at once get one token between them, and each says so of its company', async () => {
    const env = { ...settings, ALCADA_DATABASE_URL: url, ALCADA_REPLICA: 'a' }
    a = await startAlcada({
      ...{ erp: 'nibo', from: project.root, env },
      upstream: { url: erp.url, credentials: { [AURORA]: { client_secret: ERP_SECRET } } },
    })
    const state = join(folder, 'b')
    mkdirSync(state, { mode: 0o700 })
    b = await spawnServer({
      env: {
        ...a.env,
        ALCADA_REPLICA: 'b',
        ALCADA_STATE_DIR: state,
        ALCADA_MASK_KEY_FILE: join(a.env['ALCADA_STATE_DIR'] ?? '', 'mask.key'),
        ALCADA_PORT: '0',
        ALCADA_OPS_PORT: '0',
      },
      logFile: join(folder, 'b.log'),
    })
    expect(await both()).toEqual(['result', 'result'])
    expect(refreshes().map(({ status }) => status)).toEqual([200])
    expect(await recorded('grant_renewed')).toEqual([{ code: 'refresh_token', grant: { company: AURORA } }])
  })

  test('both meet a token that is no more at once, and renew it once', async () => {
    await provider.revoke(erp.last())
    expect(await both()).toEqual(['result', 'result'])
    expect(refreshes().map(({ status }) => status)).toEqual([200, 200])
  })

  test('after a crash, and with a new key of the store whose old one is gone, nobody has to log in', async () => {
    const opened = async (): Promise<number> => (await recorded('credentials_opened')).length
    const before = await opened()
    await rotateCredentialKey(store)
    await until(async () => (await opened()) >= before + 2)
    await dropOldCredentialKeys(store)
    await a.restart({ hard: true })
    expect(await both()).toEqual(['result', 'result'])
    expect(refreshes()).toHaveLength(2)
  })

  test('a grant that the ERP has ended denies both at once and is told of, until the next login', async () => {
    let asked = 0
    provider.meet = (response) => {
      asked += 1
      response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":"invalid_grant"}')
    }
    // The token that came of a refusal is a minute old only in the eyes of the database.
    await query(url, 'UPDATE erp_nibo.grants SET saved_ms = 0')
    await provider.revoke(erp.last())
    expect(await both()).toEqual(['erp_auth', 'erp_auth'])
    expect([asked, await call(a.mcp), asked]).toEqual([1, 'erp_auth', 1])
    expect(said.at(-1)).toContain('an operator has to log in again')
    expect(await recorded('grant_ended')).toEqual([{ code: 'auth', grant: { company: AURORA } }])
    expect(await health()).toMatchObject({ status: 'degraded', grants_ended: 1 })
    expect(await (await fetch(new URL('/metrics', a.ops))).text()).toContain('alcada_erp_grants_ended{erp="nibo"} 1\n')
    provider.meet = null
    const ran = await login(['--paste', '--format', 'json'], async (start, input) => {
      input.end(`${(await provider.answerFor(start, 'ana')).href}\n`)
    })
    expect(JSON.parse(ran.out)).toMatchObject({ erp: 'nibo', company: AURORA })
    await until(async () => (await call(a.mcp)) === 'result')
    await until(async () => (await call(new URL(b.mcp))) === 'result')
    expect(await health()).toMatchObject({ status: 'enforcing', grants_ended: 0 })
  })

  test('no token stands in what commands, servers and clients were told', async () => {
    const everything = [...said, a.log(), readFileSync(join(folder, 'b.log'), 'utf8'), JSON.stringify(await events())]
    const secrets = [...provider.asked.flatMap(({ refresh }) => refresh ?? []), ...erp.tokens(), ERP_SECRET]
    expect(secrets.length).toBeGreaterThan(5)
    for (const secret of secrets) expect(everything.join('\n')).not.toContain(secret)
  })
})

/** Asks until it says so: how long a change takes to be met is no part of the rule. */
async function until(ask: () => Promise<boolean>): Promise<void> {
  while (!(await ask())) await new Promise((resolve) => setTimeout(resolve, 50))
}
