import { createTransport } from 'nodemailer'
import type { ApprovalChannel } from '../../engine/contract/approval-rules.ts'
import type { NoticeText } from './approval-notice.ts'

/** Brings a notice to a channel. Throws when it may not have arrived: it is then brought again. */
export type NoticeSender = (channel: ApprovalChannel, notice: NoticeText) => Promise<void>

export interface NoticeSenderOptions {
  /** `smtp://…` or `smtps://…`; null: no mail can be sent. */
  smtpUrl: string | null
  mailFrom: string
  /** The address behind `secret:NAME`; null where the store has none of that name. */
  secret(name: string): string | null
}

const TIMEOUT_MS = 10_000
/** For a whole mail, in milliseconds: a server that answers a little at a time would never run into the others. */
const MAIL_MS = 30_000

export function noticeSender({ smtpUrl, mailFrom, secret }: NoticeSenderOptions): NoticeSender {
  const limits = { connectionTimeout: TIMEOUT_MS, greetingTimeout: TIMEOUT_MS, socketTimeout: TIMEOUT_MS }
  const mail = smtpUrl === null ? null : createTransport({ url: smtpUrl, ...limits })
  return async (channel, { subject, text }) => {
    if (channel.type === 'email') {
      if (mail === null) throw new Error('expected `ALCADA_SMTP_URL`, the server that takes mail')
      await within(MAIL_MS, mail.sendMail({ from: mailFrom, to: channel.recipients, subject, text }))
      return
    }
    // The placeholder of the governance document names nobody.
    if (!channel.webhook.startsWith('secret:')) return
    const address = secret(channel.webhook.slice('secret:'.length))
    if (address === null) throw new Error(`expected \`${channel.webhook}\` in the credential store`)
    const response = await fetch(address, {
      method: 'POST',
      redirect: 'error',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text: `*${subject}*\n${text}` }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch(() => null)
    // The address is a secret: no error of fetch, which may name it, goes further.
    if (response?.ok !== true) throw new Error(`the webhook answered ${response?.status ?? 'nothing'}`)
  }
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the mail was not taken within ${ms / 1_000} s`)), ms)
  })
  try {
    await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
