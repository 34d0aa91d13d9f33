import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Receivers, startReceivers } from '../../helpers/receivers.ts'
import { type Alerting, forge, leadsToRunbook, startAlerting, until } from './alerting.ts'

// Each alert by its real cause, through a real server, to a mail server and a webhook; and its end.

let receivers: Receivers
let line: Alerting | null = null
beforeEach(async () => {
  receivers = await startReceivers()
})
afterEach(async () => {
  await line?.stop()
  line = null
  await receivers.close()
})

/** Does something until the webhook has heard of it, then waits for the word that it is over. */
async function raisedThenResolved(
  code: 'response_time' | 'error_rate' | 'rate_limit' | 'authentication_failures',
  cause: () => Promise<unknown>,
  title: string,
): Promise<void> {
  while (receivers.posts.length === 0) await cause()
  leadsToRunbook(receivers.posts[0], code)
  expect(receivers.posts[0]).toContain(title)
  await until(() => receivers.posts.length > 1)
  expect(receivers.posts).toHaveLength(2)
  expect(receivers.posts[1]).toContain(`Resolvido: ${title}`)
}

const read = (count: number): Promise<unknown> =>
  (line ?? never()).call('viewer', 'get_customers_list', { page: count, page_size: 1 })

function never(): never {
  throw new Error('expected a line')
}

test('response_time: an ERP that is slow', { timeout: 180_000 }, async () => {
  const started = await startAlerting(receivers, {
    response_time: '{ threshold: 0.5, severity: warning, for: "0s" }',
  })
  line = started
  let page = 0
  await raisedThenResolved(
    'response_time',
    async () => {
      page += 1
      started.standIn.failNext({ delayMs: 700 })
      await read(page)
    },
    'tempo de resposta',
  )
  expect(receivers.posts[0]).toMatch(/response time \(Omie\): [0-9.]+ s \(limit 0.5 s\)/)
  // Of severity warning: the mail is for critical ones.
  expect(receivers.mails).toEqual([])
})

test('error_rate: an ERP that fails', { timeout: 180_000 }, async () => {
  const started = await startAlerting(receivers, { error_rate: '{ threshold: 0.5, severity: critical, for: "0s" }' })
  line = started
  let page = 0
  await raisedThenResolved(
    'error_rate',
    async () => {
      page += 1
      started.standIn.failNext({ status: 503, body: 'down' })
      await read(page)
    },
    'taxa de erro',
  )
  expect(receivers.posts[0]).toMatch(/error rate \(Omie\): [0-9.]+% \(limit 50%\)/)
  await until(() => receivers.mails.length === 2)
  expect(receivers.mails.map(({ to }) => to)).toEqual([['financeiro@example.com.br'], ['financeiro@example.com.br']])
  expect(receivers.mails[0]?.body).toContain('First: see which error kind grew')
  expect(receivers.mails[0]?.body).toContain('https://console.example.com.br/console/alerts#error_rate')
  expect(receivers.mails[1]?.body).toContain('Até / until ')
})

test('rate_limit: calls that meet the limits of the ERP', { timeout: 180_000 }, async () => {
  const started = await startAlerting(receivers, { rate_limit: '{ threshold: 10, severity: warning, for: "0s" }' })
  line = started
  const body = {
    faultcode: 'SOAP-ENV:Client-6',
    faultstring: 'ERROR: Consumo redundante detectado. Aguarde 59 segundos',
  }
  let page = 0
  await raisedThenResolved(
    'rate_limit',
    async () => {
      page += 2
      await read(page)
      started.standIn.failNext({ status: 500, body })
      await read(page + 1)
    },
    'limite de chamadas',
  )
})

test('authentication_failures: one source that keeps trying, and stops', { timeout: 180_000 }, async () => {
  const started = await startAlerting(receivers, { authentication_failures: '{ threshold: 5, severity: critical }' })
  line = started
  await raisedThenResolved('authentication_failures', () => forge(started, '203.0.113.9'), 'falhas de autenticação')
  expect(receivers.mails[0]?.body).not.toContain('203.0.113.9')
})

test('disk_space: a disk that is fuller than it may be', { timeout: 180_000 }, async () => {
  const started = await startAlerting(receivers, {
    disk_space: '{ threshold: 0.000001, severity: warning, for: "0s" }',
  })
  line = started
  await until(() => receivers.posts.length === 1)
  await started.alerts({ disk_space: '{ threshold: 1.0, severity: warning, for: "0s" }' })
  await until(() => receivers.posts.length === 2)
  leadsToRunbook(receivers.posts[0], 'disk_space')
  expect(receivers.posts[0]).toMatch(/disk space \(Omie\): [0-9.]+% \(limit 0%\)/)
  expect(receivers.posts[1]).toContain('Resolvido: espaço em disco')
})
