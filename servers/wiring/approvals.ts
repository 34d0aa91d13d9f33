import type { IncomingMessage } from 'node:http'
import type { Caller } from '../../engine/contract/decision-input.ts'
import { type Approver, verifyApprover } from '../identity/approver.ts'
import { behindLock, LockedOut } from '../identity/lockouts.ts'
import { LoginError } from '../identity/login-error.ts'
import { providerClient } from '../identity/provider-client.ts'
import { providerLogin } from '../identity/provider-login.ts'
import { isForgery, TokenError } from '../identity/token-error.ts'
import type { TokenLimits, Verifier } from '../identity/verifier.ts'
import type { Route } from '../mcp/listener.ts'
import { approvalsApi } from '../ops/approvals-api.ts'
import { NoApprover } from '../ops/approver-route.ts'
import { type CandidateRouteOptions, candidateRoute } from '../ops/candidate-route.ts'
import { consolePages } from '../ops/console/http.ts'
import { createSessions } from '../ops/console/session.ts'
import { deploysApi } from '../ops/deploys-api.ts'
import type { Metrics } from '../ops/metrics.ts'
import type { NoticeSender } from '../ops/notice-sender.ts'
import { type PullNowOptions, pullNow } from '../ops/pull-now.ts'
import type { RecentDecisions } from '../ops/recent-decisions.ts'
import { stopsApi } from '../ops/stops-api.ts'
import { stopsDesk } from '../ops/stops-desk.ts'
import { createApprovalDesk } from '../request/approval-desk.ts'
import type { RequestHandler } from '../request/handler.ts'
import type { RecordedEntry, State } from '../state/state.ts'
import { type ApprovalWatch, watchApprovals } from './approval-watch.ts'
import type { FailedAuthentications } from './failed-authentications.ts'
import type { InForce } from './in-force.ts'
import type { Log } from './log.ts'
import { onlyStanding, standingApprover } from './stopped-approvers.ts'
import type { Stops } from './stops.ts'

export interface ApprovalRoutesOptions {
  erp: string
  zone: string
  /** Of tokens for `alcada:<erp>:approvals`. */
  verifier: Verifier
  state: State
  policy: InForce
  handler: RequestHandler
  send: NoticeSender
  companies(): readonly string[]
  /** What `secret:NAME` stands for; null where the store has none of that name. */
  secret(name: string): string | null
  /** True: a provider on this machine may be asked by http. */
  development: boolean
  /** Where a request comes from, behind trusted proxies too. */
  sourceOf(request: IncomingMessage): string
  decisions: RecentDecisions
  failures: FailedAuthentications
  metrics: Metrics
  stops: Stops
  /** Looks at the channel now. */
  pull: PullNowOptions['pull']
  /** What a candidate beside the policy in force would have decided. */
  beside: CandidateRouteOptions['told']
  log: Log
  now(): number
  /** Where browsers reach the operations listener. */
  origin(): string
}

export interface ApprovalRoutes {
  /** Answers `/approvals`, `/stops`, `/policy/pull` and `/console`; undefined for any other path. */
  routeFor(path: string): Route | undefined
  watch: ApprovalWatch
}

/** The approvers' side of a server: desk, API, console, and what goes on by itself. */
export function approvalRoutes(options: ApprovalRoutesOptions): ApprovalRoutes {
  const { erp, zone, state, policy, log, now, origin, metrics, verifier, failures, stops } = options
  const { approvals } = state
  const watch = watchApprovals(options)
  const desk = createApprovalDesk({
    ...options,
    approvals,
    current: policy.current,
    onDecided: ({ id, state: is, tool }) => {
      log.info('approval.decided', { approval: id, state: is, tool })
      watch.look()
    },
  })
  const { key, once, used } = approvals
  const sessions = onlyStanding(createSessions({ erp, key: key('console'), once, used, now }), stops)
  const loginLimits = (): TokenLimits | undefined => {
    const config = policy.current()?.config
    if (config === undefined) return undefined
    const { rbac_enabled, token_rotation_s: maxAgeS, identity } = config.security
    return { maxAgeS, roles: rbac_enabled ? Object.keys(config.rbac.roles) : null, identity }
  }
  const limits = (): TokenLimits | undefined => {
    const found = loginLimits()
    // An outside provider's audience is that of `/mcp`: only the embedded issuer makes tokens of this kind.
    return found && { ...found, identity: { embedded: found.identity?.embedded ?? true, issuers: [] } }
  }
  const authenticate = async (authorization: string | undefined, source: string): Promise<Approver> => {
    const verify = async (): Promise<Approver> =>
      standingApprover(stops, await verifyApprover(verifier, authorization, limits()))
    const security = policy.current()?.config.security
    const lock = security && { maxFailures: security.max_failures, durationMs: security.lockout_duration_s * 1_000 }
    try {
      return await (lock === undefined ? verify() : behindLock(state, lock, { source, authorization }, verify))
    } catch (error) {
      const locked = error instanceof LockedOut
      if (!locked && !(error instanceof TokenError)) throw error
      metrics.authenticationFailed(error.code)
      log.warn('authentication.failed', { code: error.code, source })
      if (error.code !== 'token_missing') failures.failed(source, error.code, locked || isForgery(error))
      throw new NoApprover(error.code, error.message, locked ? 429 : 401)
    }
  }
  /** What a person did beside calls, under the policy in force. */
  const personEntry = (
    { person, roles, token_age_s }: Pick<Approver, 'person' | 'roles' | 'token_age_s'>,
    done: Pick<RecordedEntry, 'what' | 'code' | 'deploy'>,
  ): RecordedEntry => {
    const { revision = null, digest = null } = policy.current() ?? {}
    const caller: Caller = { id: person, person, kind: 'human', roles, company: null, token_age_s }
    return { request: null, caller, tool: null, revision, bundle: digest, input: null, decision: null, ...done }
  }
  const door = { authenticate, sourceOf: options.sourceOf, origin }
  const api = approvalsApi({ ...door, desk, sessions, now })
  const stopping = stopsDesk({ ...options, current: policy.current })
  const stopsRoute = stopsApi({ ...door, stops: stopping })
  const pages = consolePages({
    stops: stopping,
    title: () => policy.current()?.catalogue.erp.title ?? erp,
    zone,
    origin,
    desk,
    sessions,
    login: providerLogin({ client: providerClient(options), verifier, limits: loginLimits }),
    notSignedIn(error, { request }) {
      if (!(error instanceof LoginError)) throw error
      const source = options.sourceOf(request)
      metrics.authenticationFailed(error.code)
      log.warn('login.failed', { code: error.code, message: error.message, source })
      // What the provider itself refused is no forgery sent here, and locks nobody out.
      if (error.code !== 'login_unavailable') failures.failed(source, error.code, false)
      return error.code
    },
    policy: policy.status,
    decisions: options.decisions.list,
    alerts: () => state.alerts.list(100),
    rolesNow: (roles) => roles.filter((role) => limits()?.roles?.includes(role) === true),
    async signedIn(approver) {
      await state.record(personEntry(approver, { what: 'approver_signed_in', code: 'approver_signed_in' }))
    },
  })
  const pull = pullNow({ ...door, pull: options.pull })
  const deploys = deploysApi({
    ...door,
    erp,
    mayDeploy: stopping.maySee,
    record: (approver, deploy) => {
      log.info('deploy.told', { outcome: deploy.outcome, image: deploy.image })
      return state.record(personEntry(approver, { what: 'deploy', code: deploy.outcome, deploy }))
    },
  })
  const candidate = candidateRoute({ ...door, told: options.beside })
  return {
    routeFor(path) {
      if (path === '/policy/pull') return pull
      if (path === '/policy/candidate') return candidate
      if (path === '/deploys') return deploys
      if (path === '/stops' || path.startsWith('/stops/')) return stopsRoute
      if (path === '/approvals' || path.startsWith('/approvals/')) return api
      return path === '/console' || path.startsWith('/console/') ? pages : undefined
    },
    watch,
  }
}
