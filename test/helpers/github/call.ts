import type { Account, Repo, Right, World } from './world.ts'
import { rightOf } from './world.ts'

/** One request of the API that passed GitHub's description. */
export interface Call {
  world: World
  /** Of the path's owner and name; every operation here but a few has one. */
  repo: Repo
  /** null: without a token. */
  by: Account | null
  params: Readonly<Record<string, string>>
  query: URLSearchParams
  body: Readonly<Record<string, unknown>>
  /** Address of the API, without a slash at its end. */
  api: string
}

export interface Answer {
  status: number
  body?: unknown
}

export type Handler = (call: Call) => Answer | Promise<Answer>
export type Handlers = Readonly<Record<string, Handler>>

/** An answer that is no result, thrown from wherever it is noticed. */
export class Refusal extends Error {
  readonly status: number
  readonly errors: readonly unknown[]

  constructor(status: number, message: string, errors: readonly unknown[] = []) {
    super(message)
    this.status = status
    this.errors = errors
  }
}

export function notFound(): Refusal {
  return new Refusal(404, 'Not Found')
}

/** The one who asks, who has to be somebody with this right. @throws Refusal as GitHub does */
export function mustBe({ by, repo }: Call, right: Right, scope: string): Account {
  if (by === null) throw new Refusal(401, 'Requires authentication')
  const has = rightOf(repo, by)
  const lacks = by.lacks.has(scope) || (right === 'admin' ? has !== 'admin' : right === 'write' && has === 'read')
  if (!lacks) return by
  throw new Refusal(
    403,
    by.type === 'Bot' ? 'Resource not accessible by integration' : 'Resource not accessible by personal access token',
  )
}

export function text(value: unknown, otherwise = ''): string {
  return typeof value === 'string' ? value : otherwise
}
