import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Answer, type Handlers, notFound, Refusal } from './call.ts'
import type { Contract } from './contract.ts'
import { issueRoutes } from './issue-routes.ts'
import type { Limits } from './limits.ts'
import { pullRoutes } from './pull-routes.ts'
import { refreshed } from './refresh.ts'
import { repoRoutes } from './repo-routes.ts'
import { ruleRoutes } from './rule-routes.ts'
import { type Repo, repoOf, rightOf, type World } from './world.ts'

const ROUTES: Handlers = { ...pullRoutes, ...issueRoutes, ...repoRoutes, ...ruleRoutes }

export interface Asked {
  method: string
  /** Below the API's address, with its query. */
  path: string
  /** The operation's name in GitHub's description; '' for one it does not have. */
  id: string
  by: string | null
  status: number
}

export interface Exchange {
  request: IncomingMessage
  response: ServerResponse
  url: URL
}

/** What all requests of one stand-in share. */
export interface Served {
  contract: Contract
  world: World
  limits: Limits
  asked: Asked[]
  faults: string[]
}

/** Answers one request of the API. */
export async function serveApi({ request, response, url }: Exchange, served: Served): Promise<void> {
  const { contract, world, limits, asked, faults } = served
  const api = `http://${request.headers.host}/api`
  const body = await bodyOf(request)
  const method = request.method ?? 'GET'
  const path = url.pathname.slice('/api'.length)
  const described = {
    method,
    path,
    headers: { 'content-type': 'application/json' },
    query: url.search.slice(1),
    body: body === '' && method !== 'GET' ? '{}' : body,
  }
  const operation = contract.match(described)
  const { id, params } = operation ?? { id: '', params: {} }
  const token = /^(?:token|bearer) (.+)$/i.exec(request.headers.authorization ?? '')?.[1]
  const by = [...world.accounts.values()].find((account) => account.token === token) ?? null
  const note = (status: number): void =>
    void asked.push({ method, path: path + url.search, id, by: by?.login ?? null, status })

  const fault = limits.take(method, id)
  if (fault === 'hang up') {
    note(0)
    return void request.socket.destroy()
  }
  let answer: Answer & { headers?: Record<string, string> }
  try {
    if (fault !== null) answer = fault
    else if (token !== undefined && by === null) throw new Refusal(401, 'Bad credentials')
    else {
      if (operation === null) faults.push(`GitHub has no ${method} ${path}, or the fixture lacks it`)
      const wrong = operation === null ? [] : contract.requestFaults(described)
      faults.push(...wrong.map((words) => `${id} was asked with ${body}: ${words}`))
      if (wrong.length > 0) throw new Refusal(422, 'Invalid request.', wrong)
      const repo = repoOf(world, params['owner'] ?? '', params['repo'] ?? '')
      const handler = ROUTES[id]
      if (handler === undefined) throw notFound()
      if (params['owner'] !== undefined && (repo === undefined || rightOf(repo, by) === null)) throw notFound()
      if (repo !== undefined) await refreshed(repo)
      const call = { world, by, params, query: url.searchParams, body: body === '' ? {} : JSON.parse(body), api }
      answer = await handler({ ...call, repo: repo as Repo })
      answer = paged(answer, { id, url, api })
      answer.body = contract.whole(id, answer.status, answer.body)
      faults.push(...contract.answerFaults(id, answer.status, answer.body).map((words) => `${id} answered: ${words}`))
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    answer = {
      status: error.status,
      body: { message: error.message, ...(error.errors.length > 0 ? { errors: error.errors } : {}) },
    }
  }
  note(answer.status)
  response.writeHead(answer.status, {
    'content-type': 'application/json; charset=utf-8',
    ...limits.headers(),
    ...answer.headers,
  })
  response.end(answer.body === undefined ? undefined : JSON.stringify(answer.body))
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

/** GitHub's pages: `per_page` (default 30, at most 100), `page`, and a link to the next one. */
function paged(
  answer: Answer,
  { id, url, api }: { id: string; url: URL; api: string },
): Answer & { headers?: Record<string, string> } {
  const runs = id === 'checks/list-for-ref' ? (answer.body as { check_runs: unknown[] }) : null
  const list = runs?.check_runs ?? answer.body
  if (!Array.isArray(list)) return answer
  const size = Math.min(100, Number(url.searchParams.get('per_page') ?? 30))
  const page = Number(url.searchParams.get('page') ?? 1)
  const shown = list.slice((page - 1) * size, page * size)
  const next = new URL(`${api}${url.pathname.slice('/api'.length)}${url.search}`)
  next.searchParams.set('page', String(page + 1))
  const headers: Record<string, string> = list.length > page * size ? { link: `<${next}>; rel="next"` } : {}
  return { status: answer.status, body: runs === null ? shown : { ...runs, check_runs: shown }, headers }
}
