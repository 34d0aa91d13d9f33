import { startOmie } from '../../../engine/sandbox/omie/server.ts'
import { isRow, type Row } from '../../../engine/sandbox/row.ts'
import type { StandIn, StandInOptions } from '../../../engine/sandbox/stand-in.ts'

export const AURORA = '12345678000195'
export const BRISA = '12ABC34501DE35'
/** Monday, 16 November 2026, 12:00 in Brasília. */
export const NOON: number = Date.parse('2026-11-16T15:00:00Z')

export interface Reply {
  status: number
  body: Row
}

export interface Omie extends StandIn {
  /** Calls with the first company's keys unless told otherwise. */
  call(path: string, call: string, param: Row, company?: string): Promise<Reply>
  post(path: string, body: string): Promise<Reply>
  /** Moves the stand-in's clock, in seconds. */
  wait(seconds: number): void
}

export async function openOmie(options: StandInOptions = {}): Promise<Omie> {
  let now = NOON
  const standIn = await startOmie({ now: () => now, ...options })
  const post = async (path: string, body: string): Promise<Reply> => {
    const response = await fetch(`${standIn.url}${path}`, { method: 'POST', body, redirect: 'manual' })
    const text = await response.text()
    const read: unknown = text === '' ? {} : JSON.parse(text)
    return { status: response.status, body: isRow(read) ? read : {} }
  }
  return {
    ...standIn,
    post,
    call: (path, call, param, company = AURORA) =>
      post(path, JSON.stringify({ call, ...standIn.credentials[company], param: [param] })),
    wait: (seconds) => {
      now += seconds * 1000
    },
  }
}
