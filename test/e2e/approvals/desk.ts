import type { Line, Told } from '../../helpers/line/line.ts'

/** R$ 1.000,01 are open: one centavo more than an operator pays alone. */
export const ABOVE = {
  payable_id: '2701003',
  account_id: '2243121',
  amount: 1000.01,
  date: '2026-11-25',
  reference: 'PG-9',
}

/** A person who approves, over HTTP. */
export interface Desk {
  get(path: string): Promise<{ status: number; body: unknown }>
  post(path: string, body?: object): Promise<{ status: number; body: unknown }>
}

export function deskOf(line: Line, person: string, roles: string | readonly string[] = 'approver'): Desk {
  return deskWith(line, line.alcada.token(roles, { sub: person, kind: 'human', purpose: 'approvals' }))
}

export function deskWith(line: Line, token: string): Desk {
  const ask = async (method: string, path: string, body?: object): Promise<{ status: number; body: unknown }> => {
    const response = await fetch(new URL(path, line.alcada.ops), {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: response.status, body: await response.json() }
  }
  return { get: (path) => ask('GET', path), post: (path, body) => ask('POST', path, body) }
}

export function pay(line: Line, args: object = {}): Promise<Told> {
  return line.call('operator', 'create_payment', { ...ABOVE, ...args })
}

/** Asks for a payment above the limit. @returns the id of its request */
export async function ask(line: Line, args: object = {}): Promise<string> {
  const { refusal, text } = await pay(line, args)
  const id = refusal?.alcada.approval?.id
  if (id === undefined) throw new Error(`expected a request for approval, got ${text}`)
  return id
}
