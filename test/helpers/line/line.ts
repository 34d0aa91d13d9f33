import type { Client } from '@modelcontextprotocol/client'
import type { LedgerEvent } from '../../../engine/contract/ledger.ts'
import type { Refusal, ToolResult } from '../../../engine/contract/result.ts'
import { startBling } from '../../../engine/sandbox/bling/server.ts'
import { type NiboOptions, startNibo } from '../../../engine/sandbox/nibo/server.ts'
import { startOmie } from '../../../engine/sandbox/omie/server.ts'
import type { StandIn } from '../../../engine/sandbox/stand-in.ts'
import { startTrytonStandIn } from '../../../engine/sandbox/tryton/server.ts'
import { copyAsWritten, copyProject } from '../alcada/project.ts'
import { type Alcada, startAlcada, type TokenOptions } from '../alcada/start.ts'
import { connect2026 } from '../mcp/clients.ts'
import { atAnyHour, freely } from './policy.ts'
import { type Listed, promisedBy } from './schemas.ts'

export type ErpName = 'omie' | 'nibo' | 'tryton' | 'bling'

export interface LineOptions {
  erp: ErpName
  /** True: everybody with the permission may do it, alone, up to R$ 10.000.000,00, and an admin sees everything clear. */
  free?: boolean
  /** True: the policy as it stands, with its guards, duties and totals; money moves at any hour of any day. */
  guarded?: boolean
  /** Of the stand-in: its limits, the lag of its lists, its clock (default: it runs on from the Wednesday of the seed data). */
  standIn?: NiboOptions
  env?: Record<string, string>
  /** Further secrets in the store, for each company. */
  secrets?: Record<string, string>
  /** Further changes of the project before the server starts: file, text, what stands for it. */
  edits?: readonly (readonly [file: string, from: string, to: string])[]
  /** Files of the project that are not there yet. */
  files?: Readonly<Record<string, string>>
}

/** What a tool call came to. */
export interface Told {
  result: ToolResult | null
  refusal: Refusal | null
  /** Of a JSON-RPC error. */
  code: number | null
  /** The whole answer as text, to look for what must not stand in it. */
  text: string
}

/** An MCP client, a server process, and the stand-in ERP behind it. */
export interface Line {
  alcada: Alcada
  standIn: StandIn
  connect(role: string | readonly string[], options?: TokenOptions): Promise<Client>
  call(role: string, tool: string, args: object, options?: TokenOptions): Promise<Told>
  /** The data of a call that must succeed. */
  data(role: string, tool: string, args: object, options?: TokenOptions): Promise<unknown>
  /** What this role sees. */
  tools(role: string): Promise<readonly Listed[]>
  /** Tools of an admin's list whose names match and that have not answered a result yet. */
  unanswered(names: RegExp): Promise<string[]>
  /** How often the ERP got this operation. */
  received(operation: string): number
  /** How the latest call of this tool ended, as the ledger has it. */
  outcome(tool: string): Extract<LedgerEvent, { kind: 'closed' }>['outcome'] | undefined
  stop(): Promise<void>
}

/** Wednesday 2026-11-25, 10:00 in São Paulo. */
export const WEDNESDAY: number = Date.parse('2026-11-25T13:00:00Z')

const STARTERS = { omie: startOmie, nibo: startNibo, tryton: startTrytonStandIn, bling: startBling }

export async function openLine({
  erp,
  free,
  guarded,
  standIn: options,
  env = {},
  edits = [],
  files = {},
  secrets = {},
}: LineOptions): Promise<Line> {
  const standIn = await STARTERS[erp]({ now: clockFrom(WEDNESDAY), ...options })
  const project = guarded === true ? copyAsWritten(erp) : copyProject(erp)
  if (guarded === true) atAnyHour(project, erp)
  if (free === true) freely(project, erp)
  for (const [file, from, to] of edits) project.replace(file, from, to)
  for (const [file, text] of Object.entries(files)) project.write(file, text)
  const credentials = Object.fromEntries(
    Object.entries(standIn.credentials).map(([company, own]) => [company, { ...own, ...secrets }]),
  )
  const alcada = await startAlcada({ erp, from: project.root, upstream: { url: standIn.url, credentials }, env })
  const clients = new Map<string, Promise<Client>>()
  const connect: Line['connect'] = (role, token) => {
    const key = JSON.stringify([role, token])
    const client = clients.get(key) ?? connect2026(alcada.mcp, alcada.token(role, token))
    clients.set(key, client)
    return client
  }
  const promises = new Map<Client, ReturnType<typeof promisedBy>>()
  const promised = (client: Client): ReturnType<typeof promisedBy> => {
    const known = promises.get(client) ?? promisedBy(client)
    promises.set(client, known)
    return known
  }
  const answered = new Set<string>()
  const call: Line['call'] = async (role, tool, args, token) => {
    const client = await connect(role, token)
    const answer = await told(client, tool, args)
    if (answer.result === null) return answer
    const { check } = await promised(client)
    check(tool, answer.result)
    answered.add(tool)
    return answer
  }
  const tools: Line['tools'] = async (role) => (await promised(await connect(role))).tools
  return {
    alcada,
    standIn,
    connect,
    call,
    async data(role, tool, args, token) {
      const { result, text } = await call(role, tool, args, token)
      if (result === null) throw new Error(`${tool} was not done: ${text}`)
      return result.data
    },
    tools,
    async unanswered(names) {
      const all = (await tools('admin')).map(({ name }) => name)
      // The server answers this one itself: no ERP is asked.
      return all.filter((name) => name !== 'get_approval_by_id' && names.test(name) && !answered.has(name))
    },
    received: (operation) => standIn.received.filter((one) => one.operation === operation).length,
    outcome(tool) {
      const events = alcada.ledger().map(({ event }) => event)
      const opened = events.findLast((event) => event.kind === 'opened' && event.tool === tool)
      const closed = events.findLast((event) => event.kind === 'closed' && event.entry === opened?.entry)
      return closed?.kind === 'closed' ? closed.outcome : undefined
    },
    async stop() {
      for (const client of await Promise.all(clients.values())) await client.close()
      await alcada.stop()
      await standIn.close()
      project.remove()
    },
  }
}

/** Calls a tool and reads what came of it. */
export async function told(client: Client, tool: string, args: object): Promise<Told> {
  try {
    const answer = await client.callTool({ name: tool, arguments: { ...args } })
    const text = JSON.stringify(answer)
    const content: unknown = answer.structuredContent
    if (isResult(content)) return { result: content, refusal: null, code: null, text }
    return { result: null, refusal: isRefusal(content) ? content : null, code: null, text }
  } catch (error) {
    const code = error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : 0
    return { result: null, refusal: null, code, text: String(error) }
  }
}

function isResult(value: unknown): value is ToolResult {
  return typeof value === 'object' && value !== null && 'data' in value && 'metadata' in value
}

function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'error' in value && 'alcada' in value
}

function clockFrom(start: number): () => number {
  const begun = Date.now()
  return () => start + Date.now() - begun
}
