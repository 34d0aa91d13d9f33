import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startOmie } from '../../../engine/sandbox/omie/server.ts'
import type { StandIn } from '../../../engine/sandbox/stand-in.ts'
import { copyAsWritten } from '../../helpers/alcada/project.ts'
import { type Alcada, startAlcada } from '../../helpers/alcada/start.ts'
import { WEDNESDAY } from '../../helpers/line/line.ts'
import { atAnyHour } from '../../helpers/line/policy.ts'
import { type LogReceiver, startLogReceiver } from '../../helpers/log-receiver.ts'
import { legacy, post } from '../../helpers/mcp/post.ts'
import { ABOVE } from '../approvals/desk.ts'
import { addressOf } from '../mcp/upstream.ts'
import { type Echoing, formsOf, startEchoing } from './echoing.ts'

// Secrets of every kind a server holds, told back by its ERP and put by a caller wherever a caller may put a text.

const MAIL_PASSWORD = 'c4n4ry-mail-p4ss'
const HOOK = '/services/c4n4ry/W3bh00k'
const LOG_TOKEN = 'c4n4ry-decisions-t0ken'

let standIn: StandIn
let echoing: Echoing
let receiver: LogReceiver
let smtp: SMTPServer
let webhook: Server
let alcada: Alcada
let secrets: string[]
/** What was told to whom, by name. */
const told: Record<string, string[]> = { mail: [], slack: [], replies: [], approvals: [], console: [] }

beforeAll(async () => {
  standIn = await startOmie({ now: () => WEDNESDAY, limitFactor: 1_000 })
  echoing = await startEchoing({
    url: standIn.url,
    secretsIn: ({ body }) => [String(body['app_key']), String(body['app_secret'])],
    into: ['razao_social', 'nome_fantasia', 'descricao', 'observacao', 'codigo_barras_ficha_compensacao'],
    fault: (words) => ({ status: 500, body: { faultcode: 'SOAP-ENV:Client-8', faultstring: `ERROR: ${words}` } }),
  })
  receiver = await startLogReceiver()
  smtp = new SMTPServer({
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    onAuth: (auth, _session, done) => done(auth.password === MAIL_PASSWORD ? null : new Error('no'), { user: 'a' }),
    onData(stream, _session, done) {
      text(stream).then((mail) => {
        told['mail']?.push(mail)
        done()
      }, done)
    },
  })
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', () => resolve()))
  webhook = createServer(async (request, response) => {
    told['slack']?.push(await text(request))
    response.writeHead(request.url === HOOK ? 200 : 404).end()
  })
  await new Promise<void>((resolve) => webhook.listen(0, '127.0.0.1', () => resolve()))
  const hook = `http://127.0.0.1:${addressOf(webhook.address()).port}${HOOK}`

  const project = copyAsWritten('omie')
  atAnyHour(project, 'omie')
  const notify = `[{ type: email, recipients: ["a@example.com.br"] }, { type: slack, webhook: "secret:SLACK_WEBHOOK" }]`
  project.replace('policies/omie/rbac.yaml', '  alcada:\n', `  approvals:\n    notify: ${notify}\n  alcada:\n`)
  const tokenFile = join(project.root, 'decisions.token')
  writeFileSync(tokenFile, LOG_TOKEN)
  const credentials = Object.fromEntries(
    Object.entries(standIn.credentials).map(([company, own]) => [company, { ...own, SLACK_WEBHOOK: hook }]),
  )
  alcada = await startAlcada({
    erp: 'omie',
    from: project.root,
    upstream: { url: echoing.url, credentials },
    env: {
      LOG_LEVEL: 'trace',
      ALCADA_SMTP_URL: `smtp://alcada:${MAIL_PASSWORD}@127.0.0.1:${addressOf(smtp.server.address()).port}`,
      ALCADA_DECISION_LOG_URL: receiver.url,
      ALCADA_DECISION_LOG_TOKEN_FILE: tokenFile,
    },
  })
  const own = Object.values(standIn.credentials).flatMap(({ app_key = '', app_secret = '' }) => [app_key, app_secret])
  secrets = [...own, MAIL_PASSWORD, hook, LOG_TOKEN, alcada.token('operator'), alcada.token('viewer')]
})
afterAll(async () => {
  await alcada?.stop()
  await echoing?.close()
  await standIn?.close()
  await receiver?.close()
  await new Promise<void>((resolve) => smtp.close(() => resolve()))
  webhook?.closeAllConnections()
  await new Promise<void>((resolve) => webhook.close(() => resolve()))
})

async function call(role: string, tool: string, args: object): Promise<string> {
  const { headers, ...sent } = legacy('tools/call', { name: tool, arguments: args, _meta: {} })
  const authorization = `Bearer ${alcada.token(role)}`
  const { text: reply, headers: got } = await post(alcada.mcp, { ...sent, headers: { ...headers, authorization } })
  told['replies']?.push(`${reply} ${JSON.stringify(got)}`)
  return reply
}

async function asApprover(method: 'GET' | 'POST', path: string, body?: object): Promise<string> {
  const token = alcada.token('approver', { sub: 'u90', kind: 'human', purpose: 'approvals' })
  const response = await fetch(new URL(path, alcada.ops), {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const answer = await response.text()
  if (!path.endsWith('/login')) told['approvals']?.push(answer)
  return answer
}

/** Looks at pages of the console as somebody who is signed in. */
async function inConsole(paths: readonly string[]): Promise<void> {
  const link: { url: string } = JSON.parse(await asApprover('POST', '/approvals/login'))
  const code = new URL(link.url).searchParams.get('code') ?? ''
  const signedIn = await fetch(new URL('/console/login', alcada.ops), {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: alcada.ops },
    body: new URLSearchParams({ code }),
  })
  const cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  for (const path of paths) {
    const page = await fetch(new URL(path, alcada.ops), { headers: { cookie } })
    expect(page.status).toBe(200)
    told['console']?.push(await page.text())
  }
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 50))
}

/** Everything that left the server or stays behind it. */
async function outputs(): Promise<Record<string, string>> {
  const state = alcada.env['ALCADA_STATE_DIR'] ?? ''
  const files = readdirSync(state, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const kept = files.map((file) => [`state: ${file.name}`, readFileSync(join(file.parentPath, file.name), 'latin1')])
  const open = ['/health', '/health/ready', '/metrics', '/nowhere'].map(async (path) => [
    path,
    await (await fetch(`${alcada.ops}${path}`)).text(),
  ])
  return {
    log: alcada.log(),
    'decision log': JSON.stringify(receiver.got),
    ...Object.fromEntries(Object.entries(told).map(([name, texts]) => [name, texts.join('\n')])),
    ...(process.platform === 'linux' ? { 'process list': readFileSync(`/proc/${alcada.pid}/cmdline`, 'latin1') } : {}),
    ...Object.fromEntries([...kept, ...(await Promise.all(open))]),
  }
}

test('none of them stands in anything that leaves the server, or that it keeps', async () => {
  const words = secrets.join(' ')
  // Names and descriptions have their lengths; tokens are longer.
  const brief = secrets.filter((secret) => !secret.startsWith('eyJ')).join(' ')
  expect(await call('viewer', 'get_vendors_list', { page_size: 5 })).toContain('[secret]')
  await call('viewer', `get_${words}`, { [words]: words })
  await call('viewer', `get_${alcada.token('operator')}`, {})
  await call('operator', 'create_vendor', { name: brief.slice(0, 200), document: '52998224725', reference: 'V-1' })
  echoing.failNext('LancarPagamento')
  await call('operator', 'create_payment', { ...ABOVE, amount: 900, description: brief })

  const payment = { ...ABOVE, description: brief }
  const asked = await call('operator', 'create_payment', payment)
  const [, id = ''] = /"id\\?":\\?"([0-9a-f-]{36})/.exec(asked) ?? []
  await until(() => told['mail']?.length !== 0 && told['slack']?.length !== 0)
  await asApprover('GET', '/approvals')
  expect(await asApprover('GET', `/approvals/${id}`)).toContain('[secret]')
  await inConsole(['/console/requests', `/console/requests/${id}`, '/console/decisions'])
  expect(told['console']?.[1]).toContain('[secret]')
  await asApprover('POST', `/approvals/${id}/reject`, { reason: `not with ${brief}` })
  await call('operator', 'create_payment', payment)
  await call('operator', 'get_approval_by_id', { id })
  // Somebody who tries to come in with what only the server should know.
  for (const secret of secrets) {
    const refused = await post(alcada.mcp, { headers: { authorization: `Bearer ${secret}` }, body: '{}' })
    told['replies']?.push(`${refused.text} ${JSON.stringify(refused.headers)}`)
  }
  const decisions = receiver.got.length
  await until(() => receiver.got.length > decisions || receiver.got.flat().length > 3)

  const searched = await outputs()
  for (const name of ['log', 'decision log', 'mail', 'slack', 'replies', 'approvals', 'console', '/metrics']) {
    expect(searched[name]?.length, name).toBeGreaterThan(50)
  }
  for (const secret of secrets) {
    const forms = secret.startsWith('eyJ') ? [secret, secret.split('.')[2] ?? ''] : formsOf(secret)
    for (const [where, output] of Object.entries(searched)) {
      for (const form of forms) {
        expect.soft(output.toLowerCase().includes(form.toLowerCase()), `${where} has ${form} in it`).toBe(false)
      }
    }
  }
})

test('what is no secret is told, and the call that was sealed is the one that was made', async () => {
  expect(told['console']?.[1]).toContain('1.000,01')
  expect(told['approvals']?.[1]).toContain('1.000,01')
  expect(receiver.authorization).toBe(`Bearer ${LOG_TOKEN}`)
  expect(JSON.stringify(receiver.got)).toContain('create_payment')
})
