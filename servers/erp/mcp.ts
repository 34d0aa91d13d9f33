import { createHash } from 'node:crypto'
import { Client, ProtocolError, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import type { Erp } from '../../engine/contract/erp.ts'
import { checkHost } from './address.ts'
import type { Caller, CallerOptions } from './caller.ts'
import { credentialOf } from './credential.ts'
import { clipped } from './error-rule.ts'
import { longestCallMs, openLimiter } from './limiter.ts'
import { mcpFailure } from './mcp-failure.ts'
import { boundedFetch } from './mcp-fetch.ts'
import { type ErpCall, type ErpDone, ErpFailure, type ErpProgress, isRead, notSent } from './outcome.ts'
import { placeAll } from './place.ts'
import { headerText } from './request.ts'
import { withoutSecrets } from './secret-text.ts'
import { argumentValue } from './value.ts'

/** An upstream MCP server over Streamable HTTP: native.call names its tool, answers are handed on as they are. */
export function openMcpCaller(options: CallerOptions): Caller {
  const { catalogue, credentials, redactor, now, baseUrl, allowedHosts, maxWaitMs, maxWaiting, shared, onHit } = options
  const { erp } = catalogue
  const { timeoutMs } = erp.connection
  if (erp.connection.auth.some((item) => item.in !== 'header' && item.in !== 'basic')) {
    throw new Error('an MCP server takes its credential in a header')
  }
  const limiter = openLimiter({
    rules: erp.limits,
    now,
    maxWaitMs,
    maxWaiting,
    holdMs: longestCallMs(timeoutMs),
    shared,
    onHit,
  })
  const clients = new Map<string, Promise<Client>>()
  const replaced: Promise<Client>[] = []

  async function connect(company: string): Promise<Client> {
    const headers = headersOf(erp, (name) => credentialOf(credentials, company, name))
    const url = new URL(baseUrl)
    checkHost(url, allowedHosts)
    const fetch = boundedFetch(allowedHosts, erp.connection.maxResponseBytes)
    const transport = new StreamableHTTPClientTransport(url, { fetch, requestInit: { headers, redirect: 'error' } })
    // A question back to the caller cannot be answered here: it ends the call instead.
    const client = new Client(
      { name: 'alcada', version: '1' },
      { versionNegotiation: { mode: 'auto' }, inputRequired: { autoFulfill: false } },
    )
    try {
      await client.connect(transport, { timeout: timeoutMs })
      return client
    } catch (error) {
      // Whatever went wrong here, the call behind it was not sent.
      throw new ErpFailure(mcpFailure(error).error, true)
    }
  }

  function connected(company: string): Promise<Client> {
    const known = clients.get(company)
    if (known !== undefined) return known
    const opened = connect(company)
    clients.set(company, opened)
    opened.catch(() => {
      if (clients.get(company) === opened) clients.delete(company)
    })
    return opened
  }

  async function exchange(call: ErpCall): Promise<ErpDone> {
    const connection = connected(call.company)
    const client = await connection
    const args = argumentsOf(call, (name) => credentialOf(credentials, call.company, name))
    const name = call.tool.native.call ?? call.tool.name
    try {
      const { signal, onProgress } = call
      const onprogress = ({ progress, total }: ErpProgress): void => onProgress?.({ progress, total })
      const timing = { timeout: timeoutMs, ...(signal && { signal }), ...(onProgress && { onprogress }) }
      const result = await client.callTool({ name, arguments: args }, timing)
      if (result.isError === true) {
        const secrets = erp.credentials.secret.map((secret) => credentialOf(credentials, call.company, secret))
        throw refused(result.content, (words) => redactor.text(withoutSecrets(words, secrets)))
      }
      const data = result.structuredContent ?? null
      return { kind: 'done', data, page: null, answer: data, ageS: 0, content: [...result.content] }
    } catch (error) {
      if (error instanceof ErpFailure) throw error
      if (!(error instanceof ProtocolError)) forget(call.company, connection)
      throw mcpFailure(error, call.signal)
    }
  }

  /** A connection that failed is not used again. */
  function forget(company: string, connection: Promise<Client>): void {
    if (clients.get(company) === connection) clients.delete(company)
    connection.then((client) => client.close()).catch(() => undefined)
  }

  return {
    key: (call) => JSON.stringify([call.tool.name, call.args]),
    run(call) {
      const operation = call.tool.native.call ?? call.tool.name
      const digest = createHash('sha256').update(JSON.stringify(call.args)).digest('base64url')
      const counted = { company: call.company, operation, digest, read: isRead(call) }
      return limiter.run(counted, call.signal, async () => {
        try {
          return await exchange(call)
        } catch (error) {
          if (error instanceof ErpFailure) limiter.failed(counted, error.error)
          throw error
        }
      })
    },
    renew(company) {
      const opened = clients.get(company)
      clients.delete(company)
      // Calls under way on it go to their end.
      if (opened !== undefined) replaced.push(opened)
    },
    openCircuits: limiter.openCircuits,
    async close() {
      limiter.close()
      const opened = await Promise.allSettled([...clients.values(), ...replaced])
      await Promise.allSettled(opened.map((one) => (one.status === 'fulfilled' ? one.value.close() : undefined)))
    },
  }
}

/** The caller's arguments as they are, unless the catalogue maps them. */
function argumentsOf(call: ErpCall, credential: (name: string) => string): Record<string, unknown> {
  if (call.tool.args.length === 0) return { ...call.args }
  const source = { args: call.args, resolved: call.resolved, credential }
  const placed = call.tool.args.flatMap((map) => {
    const value = argumentValue(map, source)
    if (value === undefined) return []
    if (!('to' in map)) throw notSent('internal', 'an MCP server takes arguments in its body only')
    return [{ pointer: map.to, value }]
  })
  return { ...Object(placeAll(placed)) }
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

/** The tool ran and says that it failed (MCP 2026-07-28, tools: tool execution errors). */
function refused(content: readonly { type: string; text?: unknown }[], hide: (words: string) => string): ErpFailure {
  const words = content.map((block) => (typeof block.text === 'string' ? block.text : '')).join(' ')
  const text = clipped(hide(words))
  if (text === null) return new ErpFailure({ kind: 'validation', message: 'the MCP server refused the call' }, true)
  return new ErpFailure({ kind: 'validation', message: text, fromErp: true }, true)
}
