import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startOmie } from '../../../engine/sandbox/omie/server.ts'
import type { StandIn } from '../../../engine/sandbox/stand-in.ts'
import { startTrytonStandIn } from '../../../engine/sandbox/tryton/server.ts'
import { copyProject } from '../../helpers/alcada/project.ts'
import { type Alcada, startAlcada } from '../../helpers/alcada/start.ts'
import { freely } from '../../helpers/line/policy.ts'
import { legacy, post } from '../../helpers/mcp/post.ts'
import { type Echoing, type EchoingOptions, formsOf, startEchoing } from './echoing.ts'

const OMIE: Omit<EchoingOptions, 'url'> = {
  secretsIn: ({ body }) => [String(body['app_key']), String(body['app_secret'])],
  into: ['razao_social', 'nome_fantasia', 'descricao', 'descricao_status'],
  fault: (words) => ({ status: 500, body: { faultcode: 'SOAP-ENV:Client-8', faultstring: `ERROR: ${words}` } }),
}
const TRYTON: Omit<EchoingOptions, 'url'> = {
  secretsIn: ({ headers, body }) => {
    const session = String(headers.authorization ?? '').replace(/^Session /, '')
    const token = Buffer.from(session, 'base64').toString().split(':')[2] ?? ''
    const login = body['method'] === 'common.db.login' ? JSON.stringify(body['params']) : ''
    const [, password = ''] = /"password":"([^"]+)"/.exec(login) ?? []
    return [session, token, password].filter((secret) => secret !== '')
  },
  into: ['name', 'rec_name', 'code'],
  fault: (words) => ({ status: 200, body: { id: 1, error: ['UserError', [words, '']] } }),
}

const CASES = [
  { erp: 'omie', start: startOmie, echo: OMIE, write: 'IncluirCliente', least: 2 },
  { erp: 'tryton', start: startTrytonStandIn, echo: TRYTON, write: 'model.party.party.create', least: 3 },
] as const

describe.each(CASES)('an ERP that repeats every secret it was sent: $erp', ({ erp, start, echo, write, least }) => {
  let standIn: StandIn
  let echoing: Echoing
  let alcada: Alcada
  let token = ''
  const replies: string[] = []

  beforeAll(async () => {
    standIn = await start({ limitFactor: 1_000 })
    echoing = await startEchoing({ url: standIn.url, ...echo })
    const project = copyProject(erp)
    freely(project, erp)
    const upstream = { url: echoing.url, credentials: standIn.credentials }
    alcada = await startAlcada({ erp, from: project.root, upstream, env: { LOG_LEVEL: 'trace' } })
    token = alcada.token('admin')
    project.remove()
  })
  afterAll(async () => {
    await alcada.stop()
    await echoing.close()
    await standIn.close()
  })

  async function call(tool: string, args: object, meta: object = {}): Promise<string> {
    const { headers, ...sent } = legacy('tools/call', { name: tool, arguments: args, _meta: meta })
    const { text } = await post(alcada.mcp, { ...sent, headers: { ...headers, authorization: `Bearer ${token}` } })
    replies.push(text)
    return text
  }

  /** Everything that leaves the server or stays behind it. */
  async function outputs(): Promise<Record<string, string>> {
    const state = alcada.env['ALCADA_STATE_DIR'] ?? ''
    const files = readdirSync(state, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    const kept = files.map((entry) => {
      const path = join(entry.parentPath, entry.name)
      return [`state: ${entry.name}`, readFileSync(path, 'latin1')]
    })
    const told = ['/health', '/metrics'].map(async (path) => [path, await (await fetch(`${alcada.ops}${path}`)).text()])
    return {
      replies: replies.join('\n'),
      log: alcada.log(),
      'command line': readFileSync(`/proc/${alcada.pid}/cmdline`, 'latin1'),
      ...Object.fromEntries([...kept, ...(await Promise.all(told))]),
    }
  }

  test('nothing that leaves the server, or that it keeps, has one of them in it', async () => {
    const vendors = await call('get_vendors_list', { page_size: 5 })
    expect(vendors).toContain('[secret]')
    const fresh = { name: 'Moinho Novo Ltda', document: '52998224725', reference: 'V-1' }
    echoing.failNext(write)
    expect(await call('create_vendor', fresh)).toContain('[secret]')

    const known = echoing.secrets()
    expect(known.length).toBeGreaterThanOrEqual(least)
    const words = known.join(' ')
    await call('create_vendor', { ...fresh, name: words, reference: 'V-2' })
    await call('create_vendor', { ...fresh, trade_name: words, reference: 'V-3' }, { 'alcada/dry_run': true })
    await call('get_vendor_by_id', { id: known[0] })
    await call('get_vendors_list', { [known[0] ?? '']: true })
    expect(await call(`get_${known[0]}`, {})).toContain('unknown tool')
    // Somebody who tries to come in with what only the server should know.
    const refused = await post(alcada.mcp, { headers: { authorization: `Bearer ${known[0]}` }, body: '{}' })
    replies.push(`${refused.text} ${JSON.stringify(refused.headers)}`)

    const searched = await outputs()
    expect(Object.keys(searched)).toEqual(expect.arrayContaining(['/health', '/metrics', 'log', 'replies']))
    expect(searched['log']?.split('\n').length).toBeGreaterThan(5)
    for (const secret of known.flatMap(formsOf)) {
      for (const [where, text] of Object.entries(searched)) {
        expect.soft(text.toLowerCase().includes(secret.toLowerCase()), `${where} has ${secret} in it`).toBe(false)
      }
    }
    for (const [where, text] of Object.entries(searched)) expect.soft(text, where).not.toContain(token.split('.')[2])
  })

  test('what is no secret is told as it is', async () => {
    const ledger = alcada.ledger().map(({ event }) => event)
    const opened = ledger.find((event) => event.kind === 'opened' && event.input !== null)
    expect(opened).toMatchObject({ input: { caller: { id: 'agent-1', person: 'u17', roles: ['admin'] } } })
    expect(replies[0]).toContain('platform')
  })
})
