import { join } from 'node:path'
import { Client, StreamableHTTPClientTransport, type Transport } from '@modelcontextprotocol/client'
import type { Erp } from '../../../engine/contract/erp.ts'
import type { UpstreamTool } from '../../../engine/contract/upstream-tool.ts'
import { checkHost } from '../address.ts'
import { ErpFailure } from '../outcome.ts'
import { headerText } from '../request.ts'
import { mcpFailure } from './failure.ts'
import { boundedFetch } from './fetch.ts'
import { startProcess } from './process.ts'
import { ProcessTransport } from './stdio.ts'

export interface ConnectOptions {
  erp: Erp
  /** Takes the place of connection.baseUrl. */
  baseUrl: string
  allowedHosts: readonly string[]
  company: string
  credential(name: string): string
  /** Below it the process has a folder of its own. */
  folder: string
  path: string | null
  /** A line of the process's stderr. */
  said(line: string): void
  /** The upstream says that its tools are others now. */
  changed(): void
  /** The connection is over; only of a process. */
  ended(): void
}

export interface UpstreamConnection {
  client: Client
  /** What was wrong with what a process said, once it has been ended for it. */
  failure(): ErpFailure | null
  /** All tools that it has now. Throws ErpFailure. */
  list(): Promise<UpstreamTool[]>
  close(): Promise<void>
}

/** Most pages of tools that are read. */
const PAGES = 20
/** How long a program may not answer what only newer ones know, in milliseconds. */
const PROBE_MS = 5_000

/** Connects to an upstream as erp.yaml says. Throws ErpFailure; nothing was called then. */
export async function connectUpstream(options: ConnectOptions): Promise<UpstreamConnection> {
  try {
    return await connected(options, 'auto')
  } catch (error) {
    // Some older programs end at the first word they do not know; a second start speaks as they expect.
    const mayBeOld = options.erp.process !== undefined && !(error instanceof ErpFailure)
    if (!mayBeOld) throw notSent(error)
    return connected(options, 'legacy').catch((second: unknown) => {
      throw notSent(second)
    })
  }
}

async function connected(options: ConnectOptions, mode: 'auto' | 'legacy'): Promise<UpstreamConnection> {
  const { erp, changed, ended } = options
  const { timeoutMs } = erp.connection
  const transport = transportOf(options)
  // No capabilities: whatever an upstream asks of us (sampling, elicitation, roots) is answered that there is no such
  // method, and a question in place of a result ends the call.
  const client = new Client(
    { name: 'alcada', version: '1' },
    {
      capabilities: {},
      versionNegotiation: { mode, probe: { timeoutMs: Math.min(timeoutMs, PROBE_MS) } },
      inputRequired: { autoFulfill: false },
      listMaxPages: PAGES,
      listChanged: { tools: { autoRefresh: false, debounceMs: 0, onChanged: changed } },
    },
  )
  const failure = (): ErpFailure | null => (transport instanceof ProcessTransport ? transport.failure : null)
  try {
    await client.connect(transport, { timeout: timeoutMs })
  } catch (error) {
    await transport.close().catch(() => undefined)
    throw failure() ?? error
  }
  if (transport instanceof ProcessTransport) client.onclose = ended
  return {
    client,
    failure,
    async list() {
      try {
        const { tools } = await client.listTools(undefined, { timeout: timeoutMs, cacheMode: 'bypass' })
        return tools
      } catch (error) {
        throw notSent(failure() ?? error)
      }
    },
    close: () => client.close(),
  }
}

/** Whatever went wrong, the call behind it was not sent. */
function notSent(error: unknown): ErpFailure {
  return new ErpFailure(mcpFailure(error).error, true)
}

function transportOf(options: ConnectOptions): Transport {
  const { erp, baseUrl, allowedHosts, company, credential, folder, path, said } = options
  const { maxResponseBytes: maxBytes } = erp.connection
  const { process } = erp
  if (process !== undefined) {
    const place = { folder: join(folder, company), path, credential }
    return new ProcessTransport({ maxBytes, start: () => startProcess(process, place, said) })
  }
  const url = new URL(baseUrl)
  checkHost(url, allowedHosts)
  const headers = headersOf(erp, credential)
  const fetch = boundedFetch(allowedHosts, maxBytes)
  return new StreamableHTTPClientTransport(url, { fetch, requestInit: { headers, redirect: 'error' } })
}

function headersOf(erp: Erp, credential: (name: string) => string): Record<string, string> {
  const headers: Record<string, string> = { ...erp.request?.headers }
  for (const item of erp.connection.auth) {
    if (item.in === 'header') {
      const prefix = item.scheme === undefined ? '' : `${item.scheme} `
      headers[item.name] = headerText(`${prefix}${credential(item.credential)}`)
    } else if (item.in === 'basic') {
      const pair = `${credential(item.user)}:${credential(item.password)}`
      headers['authorization'] = `Basic ${Buffer.from(pair).toString('base64')}`
    }
  }
  return headers
}
