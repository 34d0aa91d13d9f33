import { type BlingStandIn, startBling } from '../../../engine/sandbox/bling/server.ts'
import { isRow, type Row, rowsOf } from '../../../engine/sandbox/row.ts'
import type { StandInOptions } from '../../../engine/sandbox/stand-in.ts'

export const AURORA = '12345678000195'
export const BRISA = '12ABC34501DE35'
/** Monday, 16 November 2026, 12:00 in Brasília. */
export const NOON: number = Date.parse('2026-11-16T15:00:00Z')

export interface Reply {
  status: number
  /** The body read as JSON; null where there is none. */
  body: unknown
}

export interface Bling extends BlingStandIn {
  /** Calls with a fresh access token of the first company unless told otherwise. */
  call(method: string, path: string, body?: unknown, token?: string): Promise<Reply>
  items(path: string): Promise<Row[]>
  /** Posts a form to the token endpoint, as the application of a company. */
  token(form: Record<string, string>, company?: string, secret?: string): Promise<Reply>
  /** An access token, got with the newest refresh token. */
  access(company?: string): Promise<string>
  /** Moves the stand-in's clock, in milliseconds. */
  wait(ms: number): void
}

/** Its clock stands still but for `wait`, and for `call` and `items`, each of which starts a new second for the rate limit. */
export async function openBling(options: StandInOptions = {}): Promise<Bling> {
  let now = NOON
  const standIn = await startBling({ now: () => now, ...options })
  const refresh = new Map(
    Object.entries(standIn.credentials).map(([cnpj, held]) => [cnpj, held['refresh_token'] ?? '']),
  )
  const read = async (response: Response): Promise<Reply> => {
    const text = await response.text()
    const json = response.headers.get('content-type')?.startsWith('application/json') === true
    return { status: response.status, body: text === '' ? null : json ? JSON.parse(text) : text }
  }
  const token: Bling['token'] = async (form, company = AURORA, secret) => {
    const { client_id: id = '', client_secret = '' } = standIn.credentials[company] ?? {}
    const basic = Buffer.from(`${id}:${secret ?? client_secret}`).toString('base64')
    const headers = { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' }
    const body = new URLSearchParams(form).toString()
    return read(await fetch(`${standIn.url}/oauth/token`, { method: 'POST', headers, body }))
  }
  const access: Bling['access'] = async (company = AURORA) => {
    const { body } = await token({ grant_type: 'refresh_token', refresh_token: refresh.get(company) ?? '' }, company)
    if (!isRow(body)) throw new Error('expected tokens')
    refresh.set(company, String(body['refresh_token']))
    return String(body['access_token'])
  }
  let held = await access()
  const call: Bling['call'] = async (method, path, body, given = held) => {
    now += 1000
    const sent = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }
    return read(
      await fetch(`${standIn.url}${path}`, { method, headers: { authorization: `Bearer ${given}` }, ...sent }),
    )
  }
  return {
    ...standIn,
    call,
    token,
    access: async (company) => {
      const fresh = await access(company)
      if (company === undefined) held = fresh
      return fresh
    },
    wait: (ms) => {
      now += ms
    },
    items: async (path) => {
      const { body } = await call('GET', path)
      return isRow(body) ? rowsOf(body['data']) : []
    },
  }
}
