import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectCaller } from '../../helpers/alcada/caller.ts'
import { isAlive, serversOf } from '../../helpers/alcada/processes.ts'
import { copyAsWritten, type TestProject } from '../../helpers/alcada/project.ts'
import { runAlcada, stopsInForce } from '../../helpers/alcada/revoke.ts'
import { startUp, type Up } from '../../helpers/alcada/up.ts'
import { needs } from '../../helpers/needs.ts'

const ERPS = ['bling', 'nibo', 'omie', 'tryton']
const TOKEN = /^[\w-]+\.[\w-]+\.[\w-]+$/
/** Something a person has in their shell that is nobody's business. */
const PRIVATE = 'aVerySecretThing-81f2'

describe.skipIf(needs('opa').missing !== null)('alcada up', () => {
  let project: TestProject
  let up: Up
  let servers: number[]
  beforeAll(async () => {
    project = copyAsWritten(ERPS)
    up = await startUp(project.root, [], {
      AWS_SECRET_ACCESS_KEY: PRIVATE,
      // One server's own, and here are four.
      ALCADA_CREDENTIALS_KEY: PRIVATE,
      ALCADA_DATABASE_URL: `postgres://alcada:${PRIVATE}@127.0.0.1/ledger`,
      ALCADA_SECRETS_FILE: '/of/one/of/them.json',
      LOG_LEVEL: 'TRACE',
    })
    servers = serversOf(up.pid)
  })
  afterAll(async () => {
    await up?.stop('SIGKILL')
    project?.remove()
  })
  const place = (...parts: string[]): string => join(project.root, '.alcada', ...parts)
  const proc = (pid: number, file: string): string =>
    readFileSync(`/proc/${pid}/${file}`, 'utf8').replaceAll('\0', '\n')

  test('prints one line for programs when it is ready', () => {
    const url = (path: string): unknown => expect.stringMatching(new RegExp(`^http://127\\.0\\.0\\.1:\\d+${path}$`))
    const token: unknown = expect.stringMatching(TOKEN)
    const erp = {
      mcp: url('/mcp'),
      health: url('/health'),
      ops: url(''),
      console: url('/console/login\\?code=[\\w.-]+'),
      revision: 1,
      tokens: { viewer: token, operator: token, admin: token, approver: token },
    }
    expect(JSON.parse(up.line)).toEqual({ erps: { bling: erp, nibo: erp, omie: erp, tryton: erp } })
  })

  test('the approver’s link signs in once, and the approver’s token is for approving alone', async () => {
    const told = up.erps['omie']
    const { ops = '', mcp = '' } = told ?? {}
    const code = new URL(told?.console ?? '').searchParams.get('code') ?? ''
    const signIn = (): Promise<Response> =>
      fetch(new URL('/console/login', ops), {
        method: 'POST',
        redirect: 'manual',
        headers: { origin: ops },
        body: new URLSearchParams({ code }),
      })
    expect((await signIn()).status).toBe(303)
    expect((await signIn()).status).toBe(403)
    await expect(connectCaller(new URL(mcp), told?.tokens['approver'] ?? '')).rejects.toThrow()
  })

  test('each ERP has a server of its own, enforcing, and each token is for one of them', async () => {
    expect(servers).toHaveLength(4)
    for (const [name, { mcp, health, tokens }] of Object.entries(up.erps)) {
      expect(await (await fetch(health)).json()).toMatchObject({ status: 'enforcing', erp: name, development: true })
      const viewer = await connectCaller(new URL(mcp), tokens['viewer'] ?? '')
      expect(await viewer.call('get_vendors_list')).toMatchObject({ kind: 'result', metadata: { platform: name } })
      await viewer.close()
      const other = Object.keys(up.erps).find((one) => one !== name) ?? ''
      await expect(connectCaller(new URL(mcp), up.erps[other]?.tokens['viewer'] ?? '')).rejects.toThrow()
    }
  })

  test.skipIf(process.platform !== 'linux')('each server process has the settings of its own ERP and no others', () => {
    const names = servers.map((pid) => {
      const settings = Object.fromEntries(
        proc(pid, 'environ')
          .split('\n')
          .filter(Boolean)
          .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
      )
      expect(Object.keys(settings).sort()).toEqual([
        'ALCADA_BASE_URL',
        'ALCADA_CHANNEL',
        'ALCADA_ERP',
        'ALCADA_LOG_DIR',
        'ALCADA_OPS_PORT',
        'ALCADA_PORT',
        'ALCADA_SECRETS_FILE',
        'ALCADA_STATE_DIR',
        'ALCADA_TOKEN_ISSUER',
        'ALCADA_TOKEN_KEYS_FILE',
        'ALCADA_TRUST_FILE',
        'LOG_LEVEL',
        'NODE_CHANNEL_FD',
        'NODE_CHANNEL_SERIALIZATION_MODE',
      ])
      const name = settings['ALCADA_ERP'] ?? ''
      expect(settings['ALCADA_SECRETS_FILE']).toBe(place('secrets', `${name}.json`))
      expect(settings['ALCADA_STATE_DIR']).toBe(place('state', name))
      for (const other of ERPS.filter((erp) => erp !== name)) expect(proc(pid, 'environ')).not.toContain(other)
      return name
    })
    expect(names.sort()).toEqual(ERPS)
  })

  test.skipIf(process.platform !== 'linux')('no secret stands in a command line, an environment or a log', () => {
    const secrets = [
      ...ERPS.flatMap((erp) =>
        Object.values(credentials(erp)).flatMap((one) => [
          ...[one['app_secret'], one['api_token'], one['password'], one['client_secret'], one['refresh_token']],
        ]),
      ),
      ...Object.values(up.erps).flatMap(({ tokens }) => Object.values(tokens).map((token) => token.split('.')[2])),
      ...privateKeys(),
      PRIVATE,
    ].filter((secret) => secret !== undefined)
    expect(secrets).toHaveLength(2 * 5 + 4 * 4 + 3 + 1)
    const seen = [
      ...[up.pid, ...servers].map((pid) => proc(pid, 'cmdline')),
      ...servers.map((pid) => proc(pid, 'environ')),
      ...logs(),
      up.said(),
    ]
    for (const secret of secrets) expect(seen.filter((text) => text.includes(secret))).toEqual([])
  })

  test('it says which settings it told no server, by name alone', () => {
    expect(up.said()).toContain('ALCADA_CREDENTIALS_KEY, ALCADA_DATABASE_URL, ALCADA_SECRETS_FILE: one server')
  })

  test('what it keeps is for its owner alone, and never in anybody\u2019s repository', () => {
    for (const folder of ['keys', 'secrets']) {
      for (const file of readdirSync(place(folder))) expect(statSync(place(folder, file)).mode & 0o777).toBe(0o600)
    }
    expect(statSync(place()).mode & 0o777).toBe(0o700)
    expect(readFileSync(place('.gitignore'), 'utf8')).toBe('*\n')
  })

  test('alcada revoke stops an agent at a server of its own', async () => {
    const omie = up.erps['omie']
    const stop = ['revoke', 'omie', '--caller', 'agent-nobody', '--until', '1h', '--reason', 'ensaio']
    expect((await runAlcada(project.root, stop)).code).toBe(0)
    await stopsInForce({ ops: omie?.ops ?? '' }, 1)
  })

  test('ends on SIGTERM with everything it started, and leaves no error in a log', async () => {
    expect(await up.stop('SIGTERM')).toBe(0)
    expect(servers.filter(isAlive)).toEqual([])
    for (const { health } of Object.values(up.erps)) await expect(fetch(health)).rejects.toThrow()
    expect(
      logs()
        .join('')
        .split('\n')
        .filter((line) => /"level":[56]0/.test(line)),
    ).toEqual([])
  })

  /** What every server has logged, and said beside it. */
  function logs(): string[] {
    return readdirSync(place('log'), { recursive: true, withFileTypes: true })
      .filter((file) => file.isFile())
      .map((file) => readFileSync(join(file.parentPath, file.name), 'utf8'))
  }

  function credentials(erp: string): Record<string, Record<string, string>> {
    return JSON.parse(readFileSync(place('secrets', `${erp}.json`), 'utf8'))
  }

  /** The private halves of the keys. */
  function privateKeys(): string[] {
    return readdirSync(place('keys')).map((file) => {
      const found = /"d":\s*"([\w-]+)"/.exec(readFileSync(place('keys', file), 'utf8'))
      return found?.[1] ?? `no private key in ${file}`
    })
  }
})

describe.skipIf(needs('opa').missing !== null)('alcada up that cannot start', () => {
  test('ends with its findings and exit code 3, having started nothing', async () => {
    const project = copyAsWritten(['tryton'])
    project.replace('policies/tryton/rbac.yaml', 'viewer: { permissions: [read] }', 'viewer: { permissions: [reed] }')
    await expect(startUp(project.root, [])).rejects.toThrow(/ended with 3: [\s\S]*policies\/tryton\/rbac\.yaml:\d+:\d+/)
    expect(readdirSync(project.root).sort()).toEqual(['erps', 'policies'])
    project.remove()
  })

  test('ends when a server does: it does not stay behind half started', async () => {
    const project = copyAsWritten(['nibo', 'tryton'])
    await expect(startUp(project.root, [], { MAX_CONNECTIONS: 'many' })).rejects.toThrow(
      /ended with 1: alcada: CONFIG_INVALID: expected `MAX_CONNECTIONS`/,
    )
    project.remove()
  })
})
