import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { SMTPServer } from 'smtp-server'
import { recordOutput } from './outputs/outputs.ts'

export interface Mail {
  to: string[]
  /** Without its headers and its transfer encoding. */
  body: string
  subject: string
}

/** Where notices go: a mail server and a webhook, both real, on loopback. */
export interface Receivers {
  mails: Mail[]
  /** What the webhook was told. */
  posts: string[]
  smtpUrl: string
  webhookUrl: string
  /** So many answers of the webhook that say it failed. */
  fail(times: number): void
  /** Posts that were answered so. */
  failed(): number
  close(): Promise<void>
}

export async function startReceivers(): Promise<Receivers> {
  const mails: Mail[] = []
  const posts: string[] = []
  let failing = 0
  let failed = 0
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, session, done) {
      const to = session.envelope.rcptTo.map(({ address }) => address)
      text(stream).then((content) => {
        const mail = plain(content)
        mails.push({ to, ...mail })
        recordOutput('open', 'a mail', `${mail.subject}\n${mail.body}`)
        done()
      }, done)
    },
  })
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', () => resolve()))
  const webhook: Server = createServer(async (request, response) => {
    const body: unknown = JSON.parse(await text(request))
    recordOutput('open', 'a webhook', JSON.stringify(body))
    const fails = failing > 0
    if (fails) {
      failing -= 1
      failed += 1
    } else posts.push(typeof body === 'object' && body !== null && 'text' in body ? String(body.text) : '')
    response.writeHead(fails ? 500 : 200).end()
  })
  await new Promise<void>((resolve) => webhook.listen(0, '127.0.0.1', () => resolve()))
  return {
    mails,
    posts,
    smtpUrl: `smtp://127.0.0.1:${portOf(smtp.server.address())}`,
    webhookUrl: `http://127.0.0.1:${portOf(webhook.address())}/hook`,
    fail(times) {
      failing = times
    },
    failed: () => failed,
    async close() {
      await new Promise<void>((resolve) => smtp.close(() => resolve()))
      webhook.closeAllConnections()
      await new Promise<void>((resolve) => webhook.close(() => resolve()))
    },
  }
}

function portOf(address: AddressInfo | string | null): number {
  if (typeof address !== 'object' || address === null) throw new Error('expected a port')
  return address.port
}

function plain(raw: string): { subject: string; body: string } {
  const end = raw.indexOf('\r\n\r\n')
  const [head, body] = [raw.slice(0, end), raw.slice(end + 4)]
  const subject = (/^Subject: ((?:.|\r\n[ \t])*)$/m.exec(head)?.[1] ?? '').replace(/\r\n[ \t]/g, ' ')
  if (/transfer-encoding: base64/i.test(head)) return { subject, body: Buffer.from(body, 'base64').toString() }
  const bytes = body
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return { subject, body: Buffer.from(bytes, 'latin1').toString() }
}
