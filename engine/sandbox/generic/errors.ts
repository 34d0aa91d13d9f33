import type { StandInError, StandInErrorAnswer, StandInFile } from '../../contract/stand-in.ts'
import type { RawAnswer } from '../listener.ts'
import { isRow } from '../row.ts'

/** What a call comes to where it is not done: told in the words of the file. */
export class Refused extends Error {
  readonly kind: StandInError
  /** More headers, such as how long to wait. */
  readonly headers: Record<string, string>
  constructor(kind: StandInError, message: string, headers: Record<string, string> = {}) {
    super(message)
    this.kind = kind
    this.headers = headers
  }
}

const STATUS: Readonly<Record<StandInError, number>> = {
  auth: 401,
  not_found: 404,
  validation: 422,
  conflict: 409,
  rate_limited: 429,
}

/** The answer that tells of a refusal. */
export function errorAnswer(errors: StandInFile['errors'] = {}, { kind, message, headers }: Refused): RawAnswer {
  const written: StandInErrorAnswer = errors[kind] ?? {
    status: STATUS[kind],
    body: { error: kind, message: { $message: true } },
  }
  return {
    status: written.status,
    headers: { ...headers, ...written.headers },
    ...(written.body === undefined ? {} : { body: filled(written.body, message) }),
  }
}

function filled(node: unknown, message: string): unknown {
  if (Array.isArray(node)) return node.map((item) => filled(item, message))
  if (!isRow(node)) return node
  if (node['$message'] === true) return message
  return Object.fromEntries(Object.entries(node).map(([key, inner]) => [key, filled(inner, message)]))
}
