import { type NiboOptions, type NiboStandIn, startNibo } from '../../../engine/sandbox/nibo/server.ts'
import { isRow, type Row, rowsOf } from '../../../engine/sandbox/row.ts'

export const AURORA = '12345678000195'
export const BRISA = '12ABC34501DE35'
/** Monday, 16 November 2026, 12:00 in Brasília. */
export const NOON: number = Date.parse('2026-11-16T15:00:00Z')

export interface Reply {
  status: number
  /** The body read as JSON where it is JSON. */
  body: unknown
}

export interface Nibo extends NiboStandIn {
  /** Calls with the first organization's token unless told otherwise. */
  call(method: string, path: string, body?: unknown, company?: string): Promise<Reply>
  /** The items of a list; a query is written as it is, without encoding. */
  items(path: string, query?: Record<string, string>): Promise<Row[]>
  /** Moves the stand-in's clock, in milliseconds. */
  wait(ms: number): void
  /** The first record of a kind that holds, by its own id. */
  one(kind: string, holds: (row: Row) => boolean): Row
}

/** Its clock stands still but for `wait` and `items`, each of which starts a new second for the rate limit. */
export async function openNibo(options: NiboOptions = {}): Promise<Nibo> {
  let now = NOON
  const standIn = await startNibo({ now: () => now, ...options })
  const call: Nibo['call'] = async (method, path, body, company = AURORA) => {
    const token = standIn.credentials[company]?.['api_token'] ?? ''
    const sent = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }
    const response = await fetch(`${standIn.url}${path}`, { method, headers: { ApiToken: token }, ...sent })
    const text = await response.text()
    const json = response.headers.get('content-type')?.startsWith('application/json') === true
    return { status: response.status, body: json ? JSON.parse(text) : text }
  }
  return {
    ...standIn,
    call,
    wait: (ms) => {
      now += ms
    },
    items: async (path, query = {}) => {
      now += 1000
      const { body } = await call('GET', `${path}?${new URLSearchParams(query)}`)
      return isRow(body) ? rowsOf(body['items']) : []
    },
    one: (kind, holds) => {
      const found = standIn.records(AURORA, kind).find(holds)
      if (found === undefined) throw new Error(`expected one of ${kind} in the seed`)
      return found
    },
  }
}
