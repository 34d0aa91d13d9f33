/** One answer of the ERP as it came over the wire. */
export interface RpcAnswer {
  status: number
  /** The parsed body; the text as it is where it is not JSON. */
  body: unknown
}

/** Calls of one account on one database. */
export type RpcClient = (method: string, params: readonly unknown[]) => Promise<RpcAnswer>

/** `Authorization` for HTTP Basic. */
export function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
}

/** `Authorization` for a session that `common.db.login` gave. */
export function session(user: string, id: number, token: string): string {
  return `Session ${Buffer.from(`${user}:${id}:${token}`).toString('base64')}`
}

/** @param url the address of the database, `http://127.0.0.1:8000/erp/` */
export function rpcClient(url: string, authorization: string | undefined): RpcClient {
  return async (method, params) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(authorization !== undefined && { authorization }) },
      body: JSON.stringify({ id: 1, method, params }),
    })
    return { status: response.status, body: parsed(await response.text()) }
  }
}

/** Logs in and answers a client on the session; ten times faster per call than Basic, which hashes the password each time. */
export async function sessionClient(url: string, user: string, password: string): Promise<RpcClient> {
  const answer = await rpcClient(url, undefined)('common.db.login', [user, { password }, 'en'])
  const [id, token] = arrayOf(resultOf(answer, 'common.db.login'))
  return rpcClient(url, session(user, Number(id), String(token)))
}

/** The `result` of an answer. @throws when the ERP answered anything else */
export function resultOf(answer: RpcAnswer, method: string): unknown {
  const { body } = answer
  if (answer.status === 200 && typeof body === 'object' && body !== null && 'result' in body) return body.result
  throw new Error(`expected a result of ${method}, got ${answer.status} ${JSON.stringify(body)}`)
}

/** @throws when it is none */
export function arrayOf(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new Error(`expected a list, got ${JSON.stringify(value)}`)
  return value
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
