import type { Answer } from './call.ts'

/** What GitHub does when it does not do what it is asked. */
export type Fault = {
  /** How many requests meet it. Default 1. */
  times?: number
  /** Only requests of this operation. Default any. */
  id?: string
} & (
  | { kind: 'primary'; resetInSeconds: number }
  | { kind: 'secondary'; retryAfterSeconds?: number }
  | { kind: 'failure'; status: 500 | 502 | 503 }
  | { kind: 'hang up' }
)

/** The hourly budget of a token, as headers of every answer, and faults that a test plants. */
export class Limits {
  #remaining = 5_000
  readonly #planted: { fault: Fault; left: number }[] = []

  plant(fault: Fault): void {
    this.#planted.push({ fault, left: fault.times ?? 1 })
  }

  /** What this request meets; null: nothing. */
  take(method: string, id: string): (Answer & { headers: Record<string, string> }) | 'hang up' | null {
    this.#remaining -= 1
    const met = this.#planted.find(({ fault, left }) => left > 0 && (fault.id === undefined || fault.id === id))
    if (met === undefined) return null
    met.left -= 1
    return faultAnswer(met.fault, method)
  }

  headers(): Record<string, string> {
    return limitHeaders(this.#remaining, 3_600)
  }
}

function faultAnswer(fault: Fault, method: string): (Answer & { headers: Record<string, string> }) | 'hang up' {
  switch (fault.kind) {
    case 'primary': {
      const headers = limitHeaders(0, fault.resetInSeconds)
      return { status: 403, body: { message: 'API rate limit exceeded for user ID 1.' }, headers }
    }
    case 'secondary': {
      const message = 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.'
      const after = fault.retryAfterSeconds
      const headers: Record<string, string> = after === undefined ? {} : { 'retry-after': String(after) }
      return { status: method === 'GET' ? 429 : 403, body: { message }, headers }
    }
    case 'failure':
      return { status: fault.status, body: { message: 'Server Error' }, headers: {} }
    case 'hang up':
      return 'hang up'
  }
}

function limitHeaders(remaining: number, resetInSeconds: number): Record<string, string> {
  const reset = Math.ceil(Date.now() / 1_000) + resetInSeconds
  return {
    'x-ratelimit-limit': '5000',
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-reset': String(reset),
  }
}
