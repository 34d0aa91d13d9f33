import { dirname } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { Answer } from '../channel/exchange.ts'
import { authorization, type HttpsChannelOptions, refusedWith } from '../channel/https.ts'
import { type ChannelWriter, MAX_STANDING_BYTES } from './channel.ts'
import { PublishError } from './publish-error.ts'

const PAUSE_MS = 100

/**
 * Publishes to an https address by PUT, only over what was read (RFC 9110 13.1.1 and 13.1.2): stores that write on
 * conditions have it, as S3's PutObject does behind whatever signs for it. One that ignores conditions is found out
 * before anything is published.
 */
export function httpsWriter({ base, exchange, token }: HttpsChannelOptions): ChannelWriter {
  const urlOf = (path: string): URL => new URL(path, base)
  const put = async (url: URL, body: Uint8Array, condition: Record<string, string>): Promise<Answer> => {
    const type = url.pathname.endsWith('.json') ? 'application/json' : 'application/octet-stream'
    const headers = { ...(await authorization(token)), 'content-type': type, ...condition }
    return exchange(url, { method: 'PUT', headers, body, maxBytes: MAX_STANDING_BYTES })
  }

  /** Twice where nothing may stand: the second is refused, or conditions mean nothing here. */
  async function mustMindConditions(path: string): Promise<void> {
    const probe = urlOf(`${dirname(path)}/conditional`)
    const body = Buffer.from('written where nothing stood\n')
    for (const _time of ['first', 'second']) {
      const answer = await put(probe, body, { 'if-none-match': '*' })
      if (isTaken(answer)) return
      if (!isDone(answer)) throw refusedWith(answer, probe.href)
    }
    const help = 'publish to a store that writes on conditions (If-Match, If-None-Match), a registry or a folder'
    throw new PublishError(
      'CHANNEL_UNCONDITIONAL',
      `expected ${base.href} to refuse a write over what stands there; ${help}`,
    )
  }

  return {
    at: (path) => urlOf(path).href,
    async update(path, make, waitMs) {
      const url = urlOf(path)
      await mustMindConditions(path)
      const until = Date.now() + waitMs
      for (;;) {
        const standing = await exchange(url, { headers: await authorization(token), maxBytes: MAX_STANDING_BYTES })
        const condition = conditionFor(standing, url)
        const { bytes } = await make(standing.status === 200 ? standing.body : null, 0)
        const answer = await put(url, bytes, condition)
        if (isDone(answer)) return
        if (!isTaken(answer)) throw refusedWith(answer, url.href)
        if (Date.now() >= until)
          throw new PublishError('CHANNEL_BUSY', `others publish to \`${url.href}\` all the time`)
        await setTimeout(PAUSE_MS * Math.random())
      }
    },
    close: exchange.close,
  }
}

function conditionFor(standing: Answer, url: URL): Record<string, string> {
  if (standing.status === 404 || standing.status === 410) return { 'if-none-match': '*' }
  if (standing.status !== 200) throw refusedWith(standing, url.href)
  const { etag } = standing.headers
  if (etag?.startsWith('"')) return { 'if-match': etag }
  // A weak one never matches (RFC 9110 8.8.3.2), and without one there is nothing to compare.
  const message = `expected a strong ETag at ${url.href}, got ${etag ?? 'none'}; publish to a store that has them`
  throw new PublishError('CHANNEL_UNCONDITIONAL', message)
}

function isDone({ status }: Answer): boolean {
  return status === 200 || status === 201 || status === 204
}

/** 409: two conditional writes at once, as S3 says it. */
function isTaken({ status }: Answer): boolean {
  return status === 412 || status === 409
}
