import { createHash } from 'node:crypto'
import { ProtocolError } from '@modelcontextprotocol/client'
import { upstreamName } from '../../engine/contract/upstream-tool.ts'
import type { Caller, CallerOptions } from './caller.ts'
import { credentialOf } from './credential.ts'
import { clipped } from './error-rule.ts'
import { longestCallMs, openLimiter } from './limiter.ts'
import { type ErpCall, type ErpDone, ErpFailure, type ErpProgress, isRead, notSent } from './outcome.ts'
import { placeAll } from './place.ts'
import { withoutSecrets } from './secret-text.ts'
import { mcpFailure } from './upstream/failure.ts'
import { type CompanyUpstream, companyUpstream } from './upstream/upstream.ts'
import { argumentValue } from './value.ts'

/** An upstream MCP server, over Streamable HTTP or as a program: native.call names its tool, answers are handed on as they are. */
export function openMcpCaller(options: CallerOptions): Caller {
  const { catalogue, credentials, redactor, now, maxWaitMs, maxWaiting, shared, onHit } = options
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
  const { baseUrl, allowedHosts, upstream: place } = options
  const secretsOf = (company: string): string[] => {
    try {
      return erp.credentials.secret.map((name) => credentialOf(credentials, company, name))
    } catch {
      // A company without a credential has none that could be repeated.
      return []
    }
  }
  const upstreams = new Map<string, CompanyUpstream>()
  /** Those of a credential that is replaced: calls under way on them go to their end. */
  const replaced: CompanyUpstream[] = []

  function upstreamOf(company: string): CompanyUpstream {
    const known = upstreams.get(company)
    if (known !== undefined) return known
    const opened = companyUpstream({
      ...{ catalogue, place, company, baseUrl, allowedHosts, now },
      credential: (name) => credentialOf(credentials, company, name),
      hide: (text) => redactor.text(withoutSecrets(text, secretsOf(company))),
    })
    upstreams.set(company, opened)
    return opened
  }

  async function exchange(call: ErpCall): Promise<ErpDone> {
    const upstream = upstreamOf(call.company)
    const connection = await upstream.ready(call.tool)
    const args = argumentsOf(call, (name) => credentialOf(credentials, call.company, name))
    try {
      const { signal, onProgress } = call
      const onprogress = ({ progress, total }: ErpProgress): void => onProgress?.({ progress, total })
      const timing = { timeout: timeoutMs, ...(signal && { signal }), ...(onProgress && { onprogress }) }
      const { traceparent } = call
      const isTold = erp.request?.traceparent === true && traceparent !== undefined
      const asked = { name: upstreamName(call.tool), arguments: args, ...(isTold && { _meta: { traceparent } }) }
      const result = await connection.client.callTool(asked, timing)
      if (result.isError === true) {
        throw refused(result.content, (words) => redactor.text(withoutSecrets(words, secretsOf(call.company))))
      }
      const data = result.structuredContent ?? null
      return { kind: 'done', data, page: null, answer: data, ageS: 0, content: [...result.content] }
    } catch (error) {
      if (error instanceof ErpFailure) throw error
      // A caller who has gone, or an upstream that answers an error, is no reason to end what others use.
      if (!(error instanceof ProtocolError) && call.signal?.aborted !== true) upstream.forget(connection)
      throw connection.failure() ?? mcpFailure(error, call.signal)
    }
  }

  return {
    key: (call) => JSON.stringify([call.tool.name, call.args]),
    run(call) {
      const operation = upstreamName(call.tool)
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
      const opened = upstreams.get(company)
      upstreams.delete(company)
      if (opened !== undefined) replaced.push(opened)
    },
    openCircuits: () => [
      ...limiter.openCircuits(),
      ...[...upstreams].flatMap(([company, upstream]) => {
        const until = upstream.waitingUntil()
        return until === null ? [] : [{ company, operation: '*', until }]
      }),
    ],
    refusedTools: () => [...new Set([...upstreams.values()].flatMap((one) => [...one.faults().keys()]))].sort(),
    async begin(companies) {
      await Promise.allSettled(companies.map((company) => upstreamOf(company).look()))
    },
    async close() {
      limiter.close()
      await Promise.allSettled([...upstreams.values(), ...replaced].map((one) => one.close()))
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

/** The tool ran and says that it failed (MCP 2026-07-28, tools: tool execution errors). */
function refused(content: readonly { type: string; text?: unknown }[], hide: (words: string) => string): ErpFailure {
  const words = content.map((block) => (typeof block.text === 'string' ? block.text : '')).join(' ')
  const text = clipped(hide(words))
  if (text === null) return new ErpFailure({ kind: 'validation', message: 'the MCP server refused the call' }, true)
  return new ErpFailure({ kind: 'validation', message: text, fromErp: true }, true)
}
