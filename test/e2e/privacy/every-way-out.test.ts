import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { asOperator, publishStop, until } from '../../helpers/alcada/revoke.ts'
import { type Line, openLine } from '../../helpers/line/line.ts'
import { type LogReceiver, startLogReceiver } from '../../helpers/log-receiver.ts'
import { KEYS, NOTE, PERSON, plantedIn } from '../../helpers/outputs/person.ts'
import { searchFor } from '../../helpers/outputs/search.ts'
import { type Receivers, startReceivers } from '../../helpers/receivers.ts'
import { alertsYaml, forge } from '../alerts/alerting.ts'
import { deskOf, deskWith } from '../approvals/desk.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const HOUR = 3_600_000
/** Whoever acts is named by her CPF, as some directories do it. */
const BY_CPF = { sub: PERSON.document, for: PERSON.document }
const REASON = `vazou: ${NOTE}`.slice(0, 200)

let line: Line
let receivers: Receivers
let decisions: LogReceiver
let logs: string
let vendor = ''
/** What came out, by where; searched at the end. */
const out: Record<string, string> = {}
const add = (where: string, text: string): void => {
  out[where] = `${out[where] ?? ''}\n${text}`
}

beforeAll(async () => {
  receivers = await startReceivers()
  decisions = await startLogReceiver()
  logs = mkdtempSync(join(tmpdir(), 'alcada-ways-'))
  const notify =
    '[{ type: email, recipients: [financeiro@example.com.br] }, { type: slack, webhook: "secret:SLACK_WEBHOOK" }]'
  line = await openLine({
    erp: 'omie',
    standIn: { limitFactor: 1_000 },
    secrets: { SLACK_WEBHOOK: receivers.webhookUrl },
    edits: [
      ['policies/omie/rbac.yaml', '  alcada:\n', `  approvals: { show_amount: true, notify: ${notify} }\n  alcada:\n`],
    ],
    files: {
      'policies/omie/alerts.yaml': alertsYaml({
        authentication_failures: '{ threshold: 1, severity: critical }',
        error_rate: '{ threshold: 0.01, severity: critical, for: "0s" }',
      }).replace('severity: [critical] }', 'severity: [warning, critical] }'),
    },
    env: {
      ALCADA_SMTP_URL: receivers.smtpUrl,
      ALCADA_MAIL_FROM: 'alcada@example.com.br',
      ALCADA_DECISION_LOG_URL: decisions.url,
      ALCADA_LOG_DIR: logs,
      ALCADA_TRUSTED_PROXIES: '127.0.0.0/8',
      LOG_LEVEL: 'trace',
    },
  })
})
afterAll(async () => {
  await line.stop()
  await receivers.close()
  await decisions.close()
  rmSync(logs, { recursive: true, force: true })
})

async function page(path: string, cookie = ''): Promise<string> {
  const answer = await fetch(new URL(path, line.alcada.ops), { headers: cookie === '' ? {} : { cookie } })
  return `${answer.status} ${await answer.text()}`
}

async function post(path: string, form: Record<string, string>, cookie = ''): Promise<Response> {
  const headers = { origin: line.alcada.ops, cookie }
  return fetch(new URL(path, line.alcada.ops), {
    ...{ method: 'POST', redirect: 'manual', headers, body: new URLSearchParams(form) },
  })
}

async function signedIn(role: string, sub: string): Promise<string> {
  const companies = ['12345678000195', '12ABC34501DE35']
  const token = line.alcada.token(role, { sub, kind: 'human', purpose: 'approvals', companies })
  const { body } = await deskWith(line, token).post('/approvals/login')
  const url = new URL(String(Reflect.get(Object(body), 'url')))
  const answer = await post('/console/login', { code: url.searchParams.get('code') ?? '' })
  return answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''
}

async function alcada(input: string, ...args: string[]): Promise<string> {
  const env = {
    PATH: process.env['PATH'] ?? '',
    ALCADA_STATE_DIR: line.alcada.env['ALCADA_STATE_DIR'] ?? '',
  }
  const command = [join(root, 'engine', 'cli.ts'), '--root', line.alcada.project.root, ...args]
  const child = spawn(process.execPath, command, { env, stdio: ['pipe', 'pipe', 'pipe'] })
  child.stdin.end(input)
  return (await Promise.all([text(child.stdout), text(child.stderr)])).join('\n')
}

test('she is planted everywhere: in records, arguments, errors, names, reasons, paths and tokens', async () => {
  const first = (data: unknown): { id: string } => Object(Array.isArray(data) ? data[0] : data)
  const account = first(await line.data('operator', 'get_bank_accounts_list', {})).id
  const categories = Object.values(Object(await line.data('operator', 'get_categories_list', {})))
  const category_id = first(categories.filter((one) => Object(one).kind === 'expense').slice(-1)).id
  vendor = first(await line.data('operator', 'create_vendor', { ...PERSON, reference: 'V-WAYS' })).id
  const dates = { due_date: '2026-12-31', issue_date: '2026-11-25' }
  const bill = { reference: 'AP-WAYS', vendor_id: vendor, amount: 60_000, ...dates, account_id: account, category_id }
  const small = { ...bill, reference: 'AP-SMALL', amount: 10, description: KEYS }
  add('reply: a call that is done', (await line.call('operator', 'create_account_payable', small)).text)
  const asked = await line.call('operator', 'create_account_payable', { ...bill, description: `${NOTE}; ${KEYS}` })
  add('reply: a request for approval', asked.text)
  const request = asked.refusal?.alcada.approval?.id ?? ''
  expect(request).not.toBe('')

  // The ERP says in its own words what is wrong, and with whom.
  const body = { faultcode: 'SOAP-ENV:Client-101', faultstring: `ERROR: ${NOTE} ${KEYS}` }
  for (const [tool, args] of [
    ['create_vendor', { ...PERSON, reference: 'V-FAULT' }],
    ['get_customers_list', { page: 1, page_size: 7 }],
  ] as const) {
    line.standIn.failNext({ status: 500, body })
    const { refusal, text: said } = await line.call('operator', tool, args)
    expect(refusal?.error.message).toContain('the ERP says: ERROR: Pagar CPF ***.982.247-**')
    add('reply: an error of the ERP', said)
  }
  add('reply: a record', (await line.call('viewer', 'get_vendor_by_id', { id: vendor }, BY_CPF)).text)
  add('reply: a list', (await line.call('viewer', 'get_accounts_payable_list', {}, BY_CPF)).text)
  await line.call('viewer', `get_${PERSON.document}`, {}, BY_CPF)
  await line.call('viewer', 'get_vendor_by_id', { id: PERSON.document, [PERSON.email]: NOTE })

  // What a client writes into a path, and whoever tries with a token that is none.
  const origin = line.alcada.mcp.origin
  const base64 = Buffer.from(PERSON.document).toString('base64url')
  for (const path of [
    PERSON.document,
    '529.982.247-25',
    encodeURIComponent(PERSON.email),
    '%35%32%39%39%38%32%32%34%37%32%35',
    base64,
  ]) {
    add('reply: no such path', await (await fetch(`${origin}/vendors/${path}?cpf=${PERSON.document}`)).text())
    await (await fetch(`${line.alcada.ops}/vendors/${path}`)).text()
  }
  for (let count = 0; count < 4; count += 1) await forge(line, `10.0.0.${count}`)

  // Stops: from the command line, from the channel as it was signed, and by button.
  const stop = ['--tool', 'get_cost_centers_list', '--until', '2h']
  const revoked = await asOperator(line.alcada, ['revoke', 'omie', ...stop, '--reason', REASON])
  expect(revoked.code).toBe(0)
  expect(revoked.err).toContain('personal values were taken out of the reason')
  add('alcada revoke', `${revoked.out}\n${revoked.err}`)
  const admin = await signedIn('admin', PERSON.document)
  const token = /name="token" value="([^"]+)"/.exec(
    (await page('/console/stops', admin)).split('id="kind"')[0]?.split('<h2>').at(-1) ?? '',
  )
  const form = { token: token?.[1] ?? '', kind: 'tool', name: 'get_departments_list', hours: '2', reason: REASON }
  add('page: a stop is made', await (await post('/console/stops', form, admin)).text())
  const nowMs = Date.now() - 1.5 * HOUR
  await publishStop(line.alcada, { persons: [PERSON.document] }, { nowMs, lastsMs: 2 * HOUR, reason: REASON })
  await until(async () => (await page('/health')).includes('"active":3'))
  for (const tool of ['get_cost_centers_list', 'get_departments_list']) {
    add('reply: what is stopped', (await line.call('viewer', tool, {})).text)
  }
  add('reply: who is stopped', (await line.call('viewer', 'get_vendors_list', {}, BY_CPF)).text)

  const other = await signedIn('admin', 'u70')
  for (const path of [
    'requests',
    'decisions',
    'alerts',
    'stops',
    `requests/${request}`,
    `review?id=${request}`,
    'nothing',
  ]) {
    add(`page of an administrator: ${path}`, await page(`/console/${path}`, other))
  }
  const approver = await signedIn('approver', 'u40')
  for (const path of ['requests', 'decisions', 'alerts', 'stops'])
    add(`page: ${path}`, await page(`/console/${path}`, approver))
  const desk = deskOf(line, 'u40')
  add('approvals as JSON', JSON.stringify((await desk.get('/approvals')).body))
  const stopsDesk = deskOf(line, 'u70', 'admin')
  add('stops as JSON', JSON.stringify((await stopsDesk.get('/stops')).body))
  add('approvals as JSON', JSON.stringify((await desk.post(`/approvals/${request}/reject`, { reason: NOTE })).body))
  const after = { reference: 'AP-WAYS', vendor_id: vendor, amount: 60_000, ...dates, account_id: account, category_id }
  add(
    'reply: what was rejected',
    (await line.call('operator', 'create_account_payable', { ...after, description: `${NOTE}; ${KEYS}` })).text,
  )
  add('reply: what was rejected', (await line.call('operator', 'get_approval_by_id', { id: request })).text)
})

test('none of it is in a log, a notice, a metric, the decision log, a page, a reply or a report', async () => {
  const told = (word: string): boolean => receivers.mails.some(({ body }) => body.includes(word))
  const posted = (word: string): boolean => receivers.posts.some((one) => one.includes(word))
  // Approvals, alerts and stops that are about to end: each has told, by mail and webhook.
  for (const word of ['/console/requests/', '/console/alerts#', 'parada de emergência']) {
    await until(() => told(word) && posted(word))
  }
  const entries = line.alcada.ledger().length
  await until(() => JSON.stringify(decisions.got).includes('create_account_payable'))
  for (const path of ['/health', '/health/ready', '/metrics', '/console']) add(path, await page(path))
  out['mails'] = JSON.stringify(receivers.mails)
  out['webhook'] = receivers.posts.join('\n')
  out['decision log'] = JSON.stringify(decisions.got)
  out['stderr'] = line.alcada.log()
  for (const name of readdirSync(join(logs, 'omie'))) out[name] = readFileSync(join(logs, 'omie', name), 'utf8')
  const month = new Date().toISOString().slice(0, 7)
  const folder = mkdtempSync(join(logs, 'report-'))
  out['audit subject'] = await alcada(`${PERSON.document}\n`, 'audit', 'subject', 'omie')
  out['audit subject as JSON'] = await alcada(`${PERSON.email}\n`, 'audit', 'subject', 'omie', '--format', 'json')
  const range = ['--from', '2020-01-01', '--to', '2100-01-01', '--known', '2026-11-25']
  out['audit incident'] = await alcada('', 'audit', 'incident', 'omie', ...range)
  out['audit incident of one'] = await alcada('', 'audit', 'incident', 'omie', ...range, '--caller', PERSON.document)
  out['audit report'] = await alcada('', 'audit', 'report', 'omie', '--month', month, '--out', folder)
  for (const name of readdirSync(folder)) out[`audit report: ${name}`] = readFileSync(join(folder, name), 'utf8')
  out['docs --processing'] = await alcada('', 'docs', '--processing')

  expect(Object.keys(out)).toEqual(expect.arrayContaining(['app.log', 'security.log', 'access.log', 'audit subject']))
  for (const [where, found] of Object.entries(out)) {
    expect.soft(found.length > 3 || where === 'stderr', `something in ${where}`).toBe(true)
    expect.soft(plantedIn(found), where).toEqual(ALLOWED[where] ?? [])
  }
  expect(entries).toBeGreaterThan(15)
  // Each was really there.
  expect(out['access.log']).toContain('"path":"/vendors/*"')
  expect(out['audit subject']).toContain('get_vendor_by_id  ***.982.247-**  12345678000195')
  expect(out['mails']).toContain('vazou: Pagar CPF ***.982.247-**')
  expect(out['stops as JSON']).toContain('***.982.247-**')
  expect(out['page of an administrator: stops']).toContain('pessoa ***.982.247-**')
})

/** Names are what `clear_for` of this policy lets viewers see. */
const ALLOWED: Readonly<Record<string, string[]>> = { 'reply: a record': ['name'] }

test('a credential of the ERP is in none of it either, in any spelling', () => {
  const credentials = Object.values(line.standIn.credentials).flatMap((own) => Object.values(own))
  const find = searchFor(credentials.map((value) => ({ what: 'credential', value, as: 'exact' as const })))
  const texts = Object.entries(out).filter(([, found]) => find(found).length > 0)
  expect(texts.map(([where]) => where)).toEqual([])
  expect(find(JSON.stringify(line.standIn.credentials))).toEqual(['credential'])
})

test('the same search finds her wherever somebody may see her, or somebody lets her out', async () => {
  const seen = await line.call('admin', 'get_vendor_by_id', { id: vendor })
  expect(plantedIn(seen.text)).toContain('CPF')
  for (const [where, found] of Object.entries(out)) {
    const leaky = `${found.slice(0, found.length / 2)}"${encodeURIComponent('529.982.247-25')}"${found.slice(found.length / 2)}`
    expect.soft(plantedIn(leaky), where).toContain('CPF')
  }
})
