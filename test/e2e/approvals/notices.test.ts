import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { SMTPServer } from 'smtp-server'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Line, openLine } from '../../helpers/line/line.ts'
import { ask, deskOf } from './desk.ts'

interface Mail {
  to: string[]
  text: string
}

let line: Line | null = null
let smtp: SMTPServer
let webhook: Server
let mails: Mail[]
let posts: string[]
/** Answers of the webhook still to come that say it failed. */
let failing: number
beforeEach(async () => {
  mails = []
  posts = []
  failing = 0
  smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, session, done) {
      const to = session.envelope.rcptTo.map(({ address }) => address)
      text(stream).then((content) => {
        mails.push({ to, text: Buffer.from(content).toString() })
        done()
      }, done)
    },
  })
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', () => resolve()))
  webhook = createServer(async (request, response) => {
    const body = await text(request)
    failing -= 1
    if (failing < 0) posts.push(body)
    response.writeHead(failing < 0 ? 200 : 500).end()
  })
  await new Promise<void>((resolve) => webhook.listen(0, '127.0.0.1', () => resolve()))
})
afterEach(async () => {
  await line?.stop()
  await new Promise<void>((resolve) => smtp.close(() => resolve()))
  await new Promise<void>((resolve) => webhook.close(() => resolve()))
})

function portOf(address: AddressInfo | string | null): number {
  if (typeof address !== 'object' || address === null) throw new Error('expected a port')
  return address.port
}

async function start(approvals: string): Promise<Line> {
  line = await openLine({
    erp: 'omie',
    edits: [['policies/omie/rbac.yaml', '  alcada:\n', `  approvals:\n${approvals}  alcada:\n`]],
    secrets: { SLACK_APPROVALS: `http://127.0.0.1:${portOf(webhook.address())}/hook` },
    env: {
      ALCADA_SMTP_URL: `smtp://127.0.0.1:${portOf(smtp.server.address())}`,
      ALCADA_MAIL_FROM: 'alcada@example.com.br',
      ALCADA_CONSOLE_URL: 'https://console.example.com.br',
    },
  })
  return line
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 50))
}

const MAIL = '      - { type: email, recipients: ["controladoria@example.com.br"] }\n'
const SLACK = '      - { type: slack, webhook: "secret:SLACK_APPROVALS" }\n'

/** The text of a mail, out of its transfer encoding. */
function plain({ text: raw }: Mail): string {
  const body = raw.slice(raw.indexOf('\r\n\r\n') + 4)
  if (/base64/i.test(raw)) return Buffer.from(body, 'base64').toString()
  const bytes = body
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString()
}

test('approvers hear by mail and Slack what is asked, until when and where, and nothing personal', async () => {
  const running = await start(`    notify:\n${MAIL}${SLACK}`)
  const id = await ask(running, { description: 'palavra-canario' })
  await until(() => mails.length > 0 && posts.length > 0)
  const [mail] = mails
  expect(mail?.to).toEqual(['controladoria@example.com.br'])
  for (const told of [mail === undefined ? '' : plain(mail), posts[0] ?? '']) {
    expect(told).toContain('Criar pagamento / Create payment (Omie)')
    expect(told).toContain(`https://console.example.com.br/console/requests/${id}`)
    expect(told).toContain('Expira em ')
    for (const hidden of ['1.000,01', 'palavra-canario', '12345678000195', 'u17', 'agent-1']) {
      expect(told).not.toContain(hidden)
    }
  }
  expect(running.alcada.log()).not.toContain('/hook')
})

test('the amount is told where the policy allows it', async () => {
  const running = await start(`    show_amount: true\n    notify:\n${SLACK}`)
  await ask(running)
  await until(() => posts.length > 0)
  expect(posts[0]).toContain('R$ 1.000,01')
})

// A process killed between telling and writing it down leaves its lease of a minute behind, which has to end first.
test('what did not arrive is told again, also after the process died', { timeout: 180_000 }, async () => {
  failing = 2
  const running = await start(`    notify:\n${SLACK}`)
  await ask(running)
  await until(() => failing < 2)
  await running.alcada.restart({ hard: true })
  await until(() => posts.length > 0)
  expect(posts).toHaveLength(1)
})

test('who has not decided is reminded, and then somebody else hears of it', async () => {
  const running = await start(
    `    notify:\n${SLACK}    remind_every: "2s"\n    escalate:\n      after: "3s"\n      notify:\n  ${MAIL}`,
  )
  const id = await ask(running)
  await until(() => posts.length > 1 && mails.length > 0)
  expect(posts[0]).toContain('Aprovação pedida')
  expect(posts[1]).toContain('Lembrete: aprovação pendente')
  expect(mails.map(({ to }) => to)).toEqual([['controladoria@example.com.br']])
  await deskOf(running, 'u90').post(`/approvals/${id}/approve`)
})

test('what is approved and not done alerts, and so does its end, each once to each channel', {
  timeout: 240_000,
}, async () => {
  const alert = `    alert:\n      not_executed_after: "2s"\n      notify:\n  ${MAIL}  ${SLACK}`
  const running = await start(`    expires_after: "40s"\n${alert}`)
  const id = await ask(running)
  await deskOf(running, 'u90').post(`/approvals/${id}/approve`)
  await until(() => mails.length > 0 && posts.length > 0)
  expect(posts).toHaveLength(1)
  await running.alcada.restart()
  await until(() => mails.length > 1 && posts.length > 1)
  const told = mails.map(plain)
  expect(told[0]).toMatch(/^Aprovado em \d\d\/\d\d\/\d{4}, \d\d:\d\d$/m)
  expect(told[1]).toMatch(/^Expirou em \d\d\/\d\d\/\d{4}, \d\d:\d\d, aprovado e não executado$/m)
  expect(posts[0]).toContain('*[alcada] Aprovado e ainda não executado: Criar pagamento (Omie)*')
  expect(posts[1]).toContain('*[alcada] Pedido expirou: Criar pagamento (Omie)*')
  for (const text of [...told, ...posts]) {
    expect(text).toContain(`https://console.example.com.br/console/requests/${id}`)
    for (const hidden of ['1.000,01', '12345678000195', 'u17', 'agent-1', 'u90']) expect(text).not.toContain(hidden)
  }
  expect([mails.length, posts.length]).toEqual([2, 2])
})

test('without `alert` nobody hears of what has expired', async () => {
  const running = await start(`    expires_after: "3s"\n    notify:\n${SLACK}`)
  await ask(running)
  await until(() => running.alcada.log().includes('approval.expired'))
  await new Promise((resolve) => setTimeout(resolve, 3_000))
  expect(posts.filter((text) => text.includes('expirou'))).toEqual([])
})
