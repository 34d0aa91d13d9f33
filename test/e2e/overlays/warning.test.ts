import { text } from 'node:stream/consumers'
import { SMTPServer } from 'smtp-server'
import { afterEach, expect, test } from 'vitest'
import { publishStop, until } from '../../helpers/alcada/revoke.ts'
import { type Line, openLine } from '../../helpers/line/line.ts'

let line: Line
let smtp: SMTPServer
afterEach(async () => {
  await line.stop()
  await new Promise<void>((resolve) => smtp.close(() => resolve()))
})

const HOUR = 3_600_000

test('before a stop ends, whom alerts.yaml names is told, once for each warning', async () => {
  const mails: string[] = []
  smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, _session, done) {
      text(stream).then((content) => {
        mails.push(content)
        done()
      }, done)
    },
  })
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', () => resolve()))
  const address = smtp.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  line = await openLine({
    erp: 'omie',
    env: { ALCADA_SMTP_URL: `smtp://127.0.0.1:${port}` },
    edits: [['policies/omie/alerts.yaml', 'severity: [critical] }', 'severity: [warning, critical] }']],
  })
  const warned = (): string[] =>
    line.alcada
      .log()
      .split('\n')
      .filter((one) => one.includes('overlay.ending'))
      .map((one) => `${JSON.parse(one).overlay} ${JSON.parse(one).hours}`)
  // Made for two hours, an hour and a half ago; for two days, a day and a half ago; for half an hour, now.
  const nowMs = Date.now()
  const long = await publishStop(
    line.alcada,
    { tools: ['get_vendors_list'] },
    { nowMs: nowMs - 36 * HOUR, lastsMs: 48 * HOUR },
  )
  const soon = await publishStop(
    line.alcada,
    { callers: ['agent-9'] },
    { nowMs: nowMs - 1.5 * HOUR, lastsMs: 2 * HOUR },
  )
  await publishStop(line.alcada, { callers: ['agent-8'] }, { nowMs, lastsMs: HOUR / 2 })
  await until(() => mails.length >= 2)
  await line.alcada.restart()
  expect((await line.call('viewer', 'get_vendors_list', {})).refusal?.error.code).toBe('revoked')
  expect(warned().sort()).toEqual([`${long} 24`, `${soon} 1`].sort())
  expect(mails.join('\n')).toContain(String(long))
  expect(mails.join('\n')).toContain(String(soon))
  expect(mails).toHaveLength(2)
})
