import { faultQueue } from './faults.ts'
import { listen, type RawAnswer, type RawCall } from './listener.ts'
import type { Fault } from './stand-in.ts'

/** One exchange that passed, or that was answered on the way. */
export interface Passed {
  method: string
  /** As sent, below the address that is stood for. */
  path: string
  query: [string, string][]
  headers: RawCall['headers']
  /** Text; empty where there was none. */
  body: string
  /** 0 while it is under way, and where the connection was cut. */
  status: number
  answerHeaders: Record<string, string>
  answer: string
  /** When it came and when it was answered, in milliseconds of a clock that only rises. */
  from: number
  until: number
  /** It was answered here, and never reached the ERP. */
  spoiled: boolean
}

export interface Between {
  /** What takes the place of the ERP's address. */
  url: string
  passed: readonly Passed[]
  /** Puts a fault at the end of the queue; each is met by the next call. */
  failNext(fault: Fault): void
  /** Takes away the faults that no call has met. */
  calm(): void
  close(): Promise<void>
}

/** Hop-by-hop headers, and those that are set anew (RFC 9110, 7.6.1). */
const OWN = new Set(
  'host connection keep-alive content-length transfer-encoding content-encoding upgrade te'.split(' '),
)

export interface BetweenOptions {
  /** Address of the ERP, without a slash at its end. */
  target: string
  /** Paths that are asked for at another address: `/oauth/token` → `https://id.example/oauth/token`. */
  elsewhere?: ReadonlyMap<string, string>
  /** Longest wait for an answer, in milliseconds. */
  timeoutMs: number
}

/** Stands on loopback between a server and an ERP: passes everything on, keeps it, and spoils calls that it is told to. */
export async function standBetween({ target, elsewhere, timeoutMs }: BetweenOptions): Promise<Between> {
  const passed: Passed[] = []
  const faults = faultQueue()
  const base = new URL(target)

  async function answer(call: RawCall): Promise<RawAnswer> {
    const { method, path, headers } = call
    const kept: Passed = {
      ...{ method, path, headers, query: [...call.query], body: call.body.toString('utf8'), spoiled: true },
      ...{ status: 0, answerHeaders: {}, answer: '', from: performance.now(), until: Number.POSITIVE_INFINITY },
    }
    passed.push(kept)
    const reply = await faults.through(`${method} ${path}`, () => {
      kept.spoiled = false
      return forward(call)
    })
    const { status, body } = reply
    const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)
    Object.assign(kept, { status, answer: text, answerHeaders: reply.headers ?? {}, until: performance.now() })
    return reply
  }

  async function forward({ method, path, query, headers, body }: RawCall): Promise<RawAnswer> {
    const other = elsewhere?.get(path)
    const url = other === undefined ? new URL(base) : new URL(other)
    if (other === undefined) url.pathname = `${base.pathname.replace(/\/$/, '')}${path}`
    url.search = query.toString()
    const sent = new Headers()
    for (const [name, value] of Object.entries(headers)) {
      if (!OWN.has(name)) sent.set(name, String(value))
    }
    const options = { method, headers: sent, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) } as const
    try {
      const answered = await fetch(url, body.length === 0 ? options : { ...options, body: new Uint8Array(body) })
      const own = [...answered.headers].filter(([name]) => !OWN.has(name))
      const text = await answered.text()
      return { status: answered.status, headers: Object.fromEntries(own), ...(text !== '' && { body: text }) }
    } catch {
      return { status: 0, dropConnection: true }
    }
  }

  const { url, close } = await listen({ answer })
  return { url, passed, failNext: faults.add, calm: faults.clear, close }
}
