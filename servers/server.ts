import type { IncomingMessage } from 'node:http'
import { isDevelopmentTrust } from '../engine/contract/trust.ts'
import packageJson from '../package.json' with { type: 'json' }
import type { ServerConfig } from './config.ts'
import type { Redactor } from './credentials/redactor.ts'
import { confirmed } from './erp/confirm.ts'
import type { LimitHit } from './erp/shared-turn.ts'
import { approvalsAudience } from './identity/approver.ts'
import { sourceReader } from './identity/source.ts'
import { createVerifier } from './identity/verifier.ts'
import { mcpHttp } from './mcp/http.ts'
import { listen } from './mcp/listener.ts'
import { cleanStream } from './mcp/outgoing.ts'
import { replyJson } from './mcp/reply.ts'
import { mcpStdio } from './mcp/stdio.ts'
import { healthAnswer } from './ops/health.ts'
import { noticeSender } from './ops/notice-sender.ts'
import { recentDecisions } from './ops/recent-decisions.ts'
import { traceMetrics } from './ops/trace-metrics.ts'
import { startPolicy } from './policy/start.ts'
import { createRequestHandler } from './request/handler.ts'
import { checkpointKeyFile } from './state/checkpoint-key.ts'
import { openState } from './state/state.ts'
import { accessLog } from './wiring/access-log.ts'
import type { ApprovalWatch } from './wiring/approval-watch.ts'
import { approvalRoutes } from './wiring/approvals.ts'
import { callerBudgets } from './wiring/caller-budgets.ts'
import { candidateBeside } from './wiring/candidate.ts'
import { openChannel, pollsOf } from './wiring/channel.ts'
import { decisionLog, receiversOf } from './wiring/decision-log.ts'
import { erpAccess } from './wiring/erp-access.ts'
import { failedAuthentications } from './wiring/failed-authentications.ts'
import { gateFor } from './wiring/gate.ts'
import type { ForceStatus } from './wiring/in-force.ts'
import { liveCheckpointKey } from './wiring/live-checkpoint-key.ts'
import { liveTrust } from './wiring/live-trust.ts'
import type { ServerLog } from './wiring/log.ts'
import { measuredErp, measuredState } from './wiring/measured.ts'
import { metering } from './wiring/metering.ts'
import { startNarrowing } from './wiring/narrowing.ts'
import { retention } from './wiring/retention.ts'
import { tokenKeys } from './wiring/token-keys.ts'
import { startTracing } from './wiring/traces.ts'
import { waysOut } from './wiring/ways-out.ts'

export interface RunningServer {
  /** Address of `/mcp`; null over stdio. */
  mcp: string | null
  /** Origin of the operations listener. */
  ops: string
  /** Where approvers sign in; by default below `ops`. */
  console: string
  status(): ForceStatus
  onPolicy(listener: (status: ForceStatus) => void): void
  stop(): Promise<void>
}

/** Wires one ERP's server from its settings: state, policy, callers, ERP, request steps, protocol, operations. */
export async function startServer(
  config: ServerConfig,
  log: ServerLog,
  redactor: Redactor,
  now: () => number = Date.now,
): Promise<RunningServer> {
  const { erp, zone } = config
  const { version } = packageJson
  const trust = await liveTrust(config.trustFile, now, log)
  const development = (): boolean => isDevelopmentTrust(trust.current())
  const keys = await tokenKeys({ file: config.tokenKeysFile, development, now, log })
  const ledger = await openState({
    ...config,
    path: config.stateDir,
    now,
    receivers: receiversOf(config),
    onAnchorError: (anchor, message) => log.error('anchor.failed', { anchor, message }),
    onHealth: (ready, message) => (ready ? log.info('ledger.writable') : log.error('ledger.unavailable', { message })),
  })
  const issuedSince = await ledger.restoredAt()
  const keyFile = checkpointKeyFile(config.stateDir, config.checkpoint.keyFile)
  const signing = await liveCheckpointKey(keyFile, ledger, now, log)
  const channel = await openChannel(config, development())
  const polls = pollsOf(channel, config.channelAccess)
  const holder = await startPolicy({ ...config, channel, pollMs: polls.bundleMs, trust: trust.current, now, log })
  const out = waysOut(redactor)
  const beside = candidateBeside({
    ...{ ...config, channel, pollMs: polls.bundleMs, trust, log, now },
    current: () => policy.current(),
  })
  const state = beside.watched(out.state(ledger))
  const onLimit = (hit: LimitHit): void => metrics.limitHit('erp', hit)
  const access = await erpAccess({ ...config, source: config.credentials, holder, redactor, state, onLimit, log, now })
  const { clients, policy } = access
  const send = out.notices(noticeSender({ ...config, secret: clients.secret }))
  const narrowing = await startNarrowing({
    ...{ ...config, channel, pollMs: polls.stopsMs, trust, holder, policy, state, send, log, now },
    failures: () => [keys.lastError(), signing.lastError()],
  })
  const exported = await decisionLog(config, version, state, policy, log)
  const endRetention = retention(state, policy, config.retention, log)
  let connections = (): number => 0
  const failures = failedAuthentications(
    state,
    now,
    (error) => log.error('ledger.unavailable', { message: error.message }),
    (entry, of) => log.info('authentication.recorded', { entry, ...of }),
  )
  let waiting = (): ReturnType<ApprovalWatch['counts']> => ({ pending: 0, approved: 0 })
  const isTool = (name: string): boolean => Object.hasOwn(policy.current()?.catalogue.tools ?? {}, name)
  const tracing = await startTracing(config, version, isTool)
  const meter = metering({
    ...{ ...config, version, policy, state, clients, failures, now },
    connections: () => connections(),
    approvals: () => waiting(),
    more(registry) {
      narrowing.measure(registry)
      traceMetrics(registry, tracing.dropped)
      beside.measure(registry)
    },
  })
  const { metrics } = meter
  const decisions = recentDecisions(now)
  const budgets = callerBudgets({
    ...{ state, now, onRefused: () => metrics.limitHit('caller', 'refused') },
    onError: (error) => log.error('ledger.unavailable', { message: error.message }),
  })
  const answers = createRequestHandler({
    budgets,
    current: policy.current,
    erpFor: measuredErp(clients, meter),
    confirmed,
    state: measuredState(state, meter),
    stops: narrowing.now,
    companies: clients.companies,
    now,
    zone,
    deadlineMs: config.callTimeoutMs,
    trace: tracing,
    observe: (called) => {
      const event = out.event(called)
      metrics.call(event)
      tracing.called(event)
      decisions.add(event)
      log.info('call', { ...event })
    },
  })
  const handler = out.answers(answers)
  const issuers = [{ issuer: 'alcada', jwks: keys.set }]
  const remote = { development: development() }
  const verifier = createVerifier({ issuers, audience: `alcada:${erp}`, now, remote, issuedSince })
  const gate = gateFor({
    ...config,
    version,
    handler,
    verifier,
    policy,
    state,
    failures,
    metrics,
    log,
  })
  const source = sourceReader(config.trustedProxies)
  const sourceOf = ({ socket, headers }: IncomingMessage): string =>
    source(socket.remoteAddress, [headers['x-forwarded-for']].flat().join(','))

  const onError = (error: Error): void => log.error('mcp.failed', { message: error.message })
  const followed = tracing.gate(gate.gate)
  const http = mcpHttp(followed, { ...config, sourceOf, onError })
  const edges: { toolsChanged(): void }[] = [http]
  const toolsChanged = (): void => {
    for (const edge of edges) edge.toolsChanged()
  }
  let told = policy.status().revision
  policy.onChange(({ revision, lastError }) => {
    metrics.reload(lastError?.code ?? 'activated')
    // A bundle that was refused changes no tool.
    if (revision === told) return
    told = revision
    toolsChanged()
  })
  narrowing.onChange(toolsChanged)
  const origin = (): string => config.consoleUrl ?? opsListener.url
  const approvers = approvalRoutes({
    ...{ erp, zone, state, policy, handler, decisions, failures, metrics, log, now, sourceOf, origin, send },
    ...{ secret: clients.secret, companies: clients.companies, development: remote.development },
    verifier: createVerifier({ issuers, audience: approvalsAudience(erp), now, remote, issuedSince }),
    ...{ stops: narrowing.stops, pull: narrowing.pull, beside: beside.told },
  })
  waiting = approvers.watch.counts
  const health = {
    erp,
    version,
    policy: narrowing.status,
    current: holder.current,
    overlays: narrowing.told,
    ledgerWritable: state.ready,
    connections: () => connections(),
    approvals: approvers.watch.counts,
    openCircuits: () => clients.openCircuits().length,
    endedGrants: () => clients.endedGrants().length,
    refusedTools: clients.refusedTools,
    logs: log.state,
  }
  const opsListener = await listen(
    async (request, response, path) => {
      const forApprovers = approvers.routeFor(path)
      if (forApprovers !== undefined) return forApprovers(request, response, path)
      const answer = healthAnswer(path, health)
      if (answer !== null) return replyJson(response, answer.status, answer.body)
      if (path !== '/metrics')
        return replyJson(response, 404, { error: { code: 'not_found', message: 'no such path' } })
      response.writeHead(200, { 'content-type': metrics.contentType }).end(await metrics.text())
    },
    { host: config.opsHost, port: config.opsPort, maxConnections: 50, clean: out.text },
  )
  const alerts = meter.watch({ send, origin, zone, log })
  if (config.stdioTokenFile !== null) {
    const { stdin } = process
    const stdout = cleanStream(process.stdout, out.text)
    const identify = gate.fromFile(config.stdioTokenFile)
    const stdio = mcpStdio(followed, { stdin, stdout, identify, onError })
    edges.push(stdio)
    return running(null, [() => stdio.close()])
  }
  const listener = await listen(
    (request, response, path) => {
      if (path === '/mcp') return tracing.request(request, () => http.handle(request, response))
      const answer = healthAnswer(path, health)
      if (answer !== null) return replyJson(response, answer.status, answer.body)
      const metadata = gate.metadata(path)
      if (metadata !== null) return replyJson(response, 200, metadata)
      return replyJson(response, 404, { error: { code: 'not_found', message: 'no such path' } })
    },
    {
      host: config.host,
      port: config.port,
      maxConnections: config.maxConnections,
      clean: out.text,
      onOverload: metrics.overloaded,
      onRequest: accessLog(log, sourceOf),
      onError: (error) => log.error('http.failed', { message: error.message }),
    },
  )
  gate.listeningAt(listener.url)
  connections = listener.connections
  const leave = async (): Promise<void> => listener.leave()
  return running(`${listener.url}/mcp`, [
    leave,
    () => http.answered(DRAIN_MS),
    () => http.close(),
    () => listener.close(GRACE_MS),
  ])

  function running(mcp: string | null, closers: (() => Promise<void>)[]): RunningServer {
    return {
      mcp,
      ops: opsListener.url,
      console: new URL('/console', config.consoleUrl ?? opsListener.url).href,
      status: narrowing.status,
      onPolicy: policy.onChange,
      async stop() {
        for (const close of [
          ...closers,
          approvers.watch.stop,
          alerts.stop,
          () => opsListener.close(GRACE_MS),
          narrowing.stop,
          holder.stop,
          beside.stop,
          async () => channel.close(),
          trust.stop,
          signing.stop,
          keys.stop,
          access.close,
          failures.stop,
          budgets.stop,
          exported.stop,
          endRetention,
          state.stop,
          tracing.stop,
        ]) {
          await close()
        }
      },
    }
  }
}

/** A server that is asked to end answers the calls under way first, this long at most, in milliseconds: who stops it waits 30 seconds. */
const DRAIN_MS = 20_000
/** What is still open then gets this long, in milliseconds. */
const GRACE_MS = 3_000
