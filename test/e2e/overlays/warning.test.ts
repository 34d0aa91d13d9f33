import { afterEach, beforeEach, expect, test } from 'vitest'
import { publishStop, until } from '../../helpers/alcada/revoke.ts'
import { type Line, openLine } from '../../helpers/line/line.ts'
import { type Receivers, startReceivers } from '../../helpers/receivers.ts'

let line: Line
let receivers: Receivers
beforeEach(async () => {
  receivers = await startReceivers()
})
afterEach(async () => {
  await line.stop()
  await receivers.close()
})

const HOUR = 3_600_000

/** A server whose alerts.yaml tells Slack of everything, and by mail of what is so severe. */
async function start(mailed: string): Promise<void> {
  line = await openLine({
    erp: 'omie',
    env: { ALCADA_SMTP_URL: receivers.smtpUrl },
    secrets: { SLACK_WEBHOOK: receivers.webhookUrl },
    edits: [['policies/omie/alerts.yaml', 'severity: [critical] }', `severity: [${mailed}] }`]],
  })
}

/** One that ends within a day, one that ends within the hour, one that was made for less than either; in this order. */
async function threeStops(): Promise<[number, number, number]> {
  const nowMs = Date.now()
  const day = await publishStop(
    line.alcada,
    { tools: ['get_vendors_list'] },
    { nowMs: nowMs - 36 * HOUR, lastsMs: 48 * HOUR },
  )
  const hour = await publishStop(
    line.alcada,
    { callers: ['agent-9'] },
    { nowMs: nowMs - 1.5 * HOUR, lastsMs: 2 * HOUR },
  )
  const short = await publishStop(line.alcada, { callers: ['agent-8'] }, { nowMs, lastsMs: HOUR / 2 })
  return [day, hour, short]
}

const warned = (): string[] =>
  line.alcada
    .log()
    .split('\n')
    .filter((one) => one.includes('overlay.ending'))
    .map((one) => `${JSON.parse(one).overlay} ${JSON.parse(one).hours}`)
    .sort()

test('24 h and 1 h before a stop ends, mail and Slack both say so, once, whatever restarts', async () => {
  await start('warning, critical')
  const [day, hour] = await threeStops()
  await until(() => receivers.mails.length >= 2 && receivers.posts.length >= 2)
  await line.alcada.restart()
  expect((await line.call('viewer', 'get_vendors_list', {})).refusal?.error.code).toBe('revoked')
  expect(warned()).toEqual([`${day} 24`, `${hour} 1`].sort())
  for (const heard of [receivers.mails.map(({ body }) => body), receivers.posts]) {
    expect(heard).toHaveLength(2)
    expect(heard.find((text) => text.includes(`Emergency stop ${day} ends at `))).toContain('tool get_vendors_list')
    expect(heard.find((text) => text.includes(`Emergency stop ${hour} ends at `))).toContain('caller agent-9')
    expect(heard.join('\n')).toContain('Motivo / reason: chave vazada')
  }
  expect(receivers.mails[0]?.to).toEqual(['financeiro@example.com.br'])
})

test('the last hour is critical, the last day a warning; a receiver that is down gets it when it is back', async () => {
  await start('critical')
  receivers.fail(2)
  const [day, hour] = await threeStops()
  await until(() => receivers.posts.length >= 2 && receivers.mails.length >= 1)
  expect(receivers.failed()).toBe(2)
  expect(receivers.posts.filter((text) => text.includes(`stop ${day} `))).toHaveLength(1)
  expect(receivers.posts.filter((text) => text.includes(`stop ${hour} `))).toHaveLength(1)
  expect(receivers.mails).toHaveLength(1)
  expect(receivers.mails[0]?.body).toContain(`Emergency stop ${hour} ends at `)
})
