import { Ajv, type ValidateFunction } from 'ajv'
import { AccessError } from './access-error.ts'
import { having, TEXT } from './answer-shape.ts'

export interface OpsClientOptions {
  /** Origin of the operations listener. */
  ops: string
  /** A token for `alcada:<erp>:approvals`. */
  token: string
  /** Of every address that is asked. Default none. */
  parameters?: Readonly<Record<string, string>>
}

/** Asks, and gives an answer of this shape. Throws AccessError OPS_UNREACHABLE, OPS_REFUSED. */
export type OpsAsk = <Answer>(
  isAnswer: ValidateFunction<Answer>,
  method: 'GET' | 'POST',
  path: string,
  body?: object,
) => Promise<Answer>

/** Asks one server's operations listener, as a person. */
export function opsClient({ ops, token, parameters = {} }: OpsClientOptions): OpsAsk {
  return async (isAnswer, method, path, body) => {
    const url = new URL(path, ops)
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
    const response = await fetch(url, {
      method,
      redirect: 'error',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((cause: unknown) => {
      throw new AccessError('OPS_UNREACHABLE', `expected a server's operations listener at \`${ops}\``, { cause })
    })
    const answer: unknown = await response.json().catch(() => null)
    if (response.ok && isAnswer(answer)) return answer
    const said = isRefusal(answer) ? `${answer.error.code}: ${answer.error.message}` : null
    throw new AccessError('OPS_REFUSED', said ?? `expected an answer, got HTTP ${response.status}`)
  }
}

const isRefusal = new Ajv().compile<{ error: { code: string; message: string } }>(
  having({ error: having({ code: TEXT, message: TEXT }) }),
)
