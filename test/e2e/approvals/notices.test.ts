import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Line, openLine } from '../../helpers/line/line.ts'
import { type Receivers, startReceivers } from '../../helpers/receivers.ts'
import { ask, deskOf } from './desk.ts'

let line: Line | null = null
let receivers: Receivers
beforeEach(async () => {
  receivers = await startReceivers()
})
afterEach(async () => {
  await line?.stop()
  await receivers.close()
})

async function start(approvals: string): Promise<Line> {
  line = await openLine({
    erp: 'omie',
    edits: [['policies/omie/rbac.yaml', '  alcada:\n', `  approvals:\n${approvals}  alcada:\n`]],
    secrets: { SLACK_APPROVALS: receivers.webhookUrl },
    env: {
      ALCADA_SMTP_URL: receivers.smtpUrl,
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

test('approvers hear by mail and Slack what is asked, until when and where, and nothing personal', async () => {
  const running = await start(`    notify:\n${MAIL}${SLACK}`)
  const id = await ask(running, { description: 'palavra-canario' })
  await until(() => receivers.mails.length > 0 && receivers.posts.length > 0)
  const [mail] = receivers.mails
  expect(mail?.to).toEqual(['controladoria@example.com.br'])
  for (const told of [mail?.body ?? '', receivers.posts[0] ?? '']) {
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
  await until(() => receivers.posts.length > 0)
  expect(receivers.posts[0]).toContain('R$ 1.000,01')
})

test('what did not arrive is told again, also after the process died', async () => {
  receivers.fail(2)
  const running = await start(`    notify:\n${SLACK}`)
  await ask(running)
  await until(() => receivers.failed() > 0)
  await running.alcada.restart({ hard: true })
  await until(() => receivers.posts.length > 0)
  expect(receivers.posts).toHaveLength(1)
})

test('who has not decided is reminded, and then somebody else hears of it', async () => {
  const running = await start(
    `    notify:\n${SLACK}    remind_every: "2s"\n    escalate:\n      after: "3s"\n      notify:\n  ${MAIL}`,
  )
  const id = await ask(running)
  await until(() => receivers.posts.length > 1 && receivers.mails.length > 0)
  expect(receivers.posts[0]).toContain('Aprovação pedida')
  expect(receivers.posts[1]).toContain('Lembrete: aprovação pendente')
  expect(receivers.mails.map(({ to }) => to)).toEqual([['controladoria@example.com.br']])
  await deskOf(running, 'u90').post(`/approvals/${id}/approve`)
})

test('what is approved and not done alerts, and so does its end, each once to each channel', {
  timeout: 240_000,
}, async () => {
  const alert = `    alert:\n      not_executed_after: "2s"\n      notify:\n  ${MAIL}  ${SLACK}`
  const running = await start(`    expires_after: "25s"\n${alert}`)
  const id = await ask(running)
  await deskOf(running, 'u90').post(`/approvals/${id}/approve`)
  await until(() => receivers.mails.length > 0 && receivers.posts.length > 0)
  expect(receivers.posts).toHaveLength(1)
  await running.alcada.restart()
  await until(() => receivers.mails.length > 1 && receivers.posts.length > 1)
  const told = receivers.mails.map(({ body }) => body)
  expect(told[0]).toMatch(/^Aprovado em \d\d\/\d\d\/\d{4}, \d\d:\d\d$/m)
  expect(told[1]).toMatch(/^Expirou em \d\d\/\d\d\/\d{4}, \d\d:\d\d, aprovado e não executado$/m)
  expect(receivers.posts[0]).toContain('*[alcada] Aprovado e ainda não executado: Criar pagamento (Omie)*')
  expect(receivers.posts[1]).toContain('*[alcada] Pedido expirou: Criar pagamento (Omie)*')
  for (const text of [...told, ...receivers.posts]) {
    expect(text).toContain(`https://console.example.com.br/console/requests/${id}`)
    for (const hidden of ['1.000,01', '12345678000195', 'u17', 'agent-1', 'u90']) expect(text).not.toContain(hidden)
  }
  expect([receivers.mails.length, receivers.posts.length]).toEqual([2, 2])
})

test('what the server may not do any more although it was approved is told as having no effect, and why', async () => {
  const alert = `    alert:\n      not_executed_after: "1h"\n      notify:\n  ${MAIL}  ${SLACK}`
  const running = await start(`    after_approval: server_runs\n${alert}`)
  const id = await ask(running)
  const { project, publish } = running.alcada
  const bands = project
    .read('policies/omie/rbac.yaml')
    .match(/(?<=settle:\n.*approvers: 0 }\n)(.*approvers: [12].*\n)+/)
  project.replace('policies/omie/rbac.yaml', bands?.[0] ?? 'no bands', '')
  await publish()
  await deskOf(running, 'u90').post(`/approvals/${id}/approve`)
  await until(() => receivers.mails.length > 0 && receivers.posts.length > 0)
  expect(receivers.posts[0]).toContain('*[alcada] Pedido sem efeito: Criar pagamento (Omie)*')
  for (const told of [...receivers.mails.map(({ body }) => body), ...receivers.posts]) {
    expect(told).toContain('Sem efeito: the call was not made: amount_above_alcada')
    expect(told).toContain(`https://console.example.com.br/console/requests/${id}`)
    for (const hidden of ['1.000,01', '12345678000195', 'u17', 'agent-1', 'u90']) expect(told).not.toContain(hidden)
  }
  expect([receivers.mails.length, receivers.posts.length]).toEqual([1, 1])
  expect(running.received('LancarPagamento')).toBe(0)
})

test('without `alert` nobody hears of what has expired', async () => {
  const running = await start(`    expires_after: "3s"\n    notify:\n${SLACK}`)
  await ask(running)
  await until(() => running.alcada.log().includes('approval.expired'))
  await new Promise((resolve) => setTimeout(resolve, 3_000))
  expect(receivers.posts.filter((text) => text.includes('expirou'))).toEqual([])
})
