import type { ValidateFunction } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { type ApprovalRequest, consented, isLive } from '../../engine/contract/approval.ts'
import type { Caller } from '../../engine/contract/decision-input.ts'
import type { JsonSchema } from '../../engine/contract/universal/json-schema.ts'
import type { ActivePolicy } from '../policy/status.ts'
import { checkArguments } from './arguments.ts'
import type { CallAnswer, IncomingCall } from './call.ts'
import type { RunningDeps } from './deps.ts'
import { Refused } from './refused.ts'
import { UNKNOWN_TOOL, visibleTools } from './visible.ts'

/** Every server has it: an agent asks what became of its own request for approval. */
export const APPROVAL_TOOL = 'get_approval_by_id'

export const APPROVAL_DESCRIPTION =
  'Ask what became of your own request for approval; with `wait_s` the answer comes as soon as it is decided, within 25 seconds'

export const APPROVAL_INPUT: JsonSchema = {
  type: 'object',
  properties: {
    id: { type: 'string', minLength: 1, maxLength: 64, description: 'the id that the refusal named' },
    wait_s: {
      type: 'integer',
      minimum: 0,
      maximum: 25,
      default: 0,
      description: 'seconds to wait while it is pending',
    },
  },
  required: ['id'],
  additionalProperties: false,
}

const TEXT: JsonSchema = { type: 'string' }
const COUNT: JsonSchema = { type: 'integer', minimum: 0 }
const MAYBE: JsonSchema = { type: ['string', 'null'] }

export const APPROVAL_OUTPUT: JsonSchema = {
  type: 'object',
  properties: {
    data: {
      type: 'object',
      properties: {
        id: TEXT,
        state: { enum: ['pending', 'approved', 'used', 'rejected', 'expired', 'void'] },
        tool: TEXT,
        created: TEXT,
        expires: TEXT,
        count: COUNT,
        given: COUNT,
        roles: { type: 'array', items: TEXT },
        reason: MAYBE,
        entry: MAYBE,
        next: TEXT,
      },
      required: ['id', 'state', 'tool', 'created', 'expires', 'count', 'given', 'roles', 'reason', 'entry', 'next'],
      additionalProperties: false,
    },
    metadata: { type: 'object' },
    alcada: { type: 'object' },
  },
  required: ['data', 'metadata', 'alcada'],
}

const isAsked: ValidateFunction = new Ajv2020({ useDefaults: true, allowUnionTypes: true }).compile(APPROVAL_INPUT)

/** Whoever may do more than read may have to ask. */
export function mayAskForApproval(active: ActivePolicy, caller: Caller): boolean {
  return visibleTools(active, caller).some(({ permission }) => permission !== 'read')
}

/** Between looks at a request that is waited for, in milliseconds: another replica may be where it is decided. */
const LOOK_MS = 250

/** What became of the caller's own request. Throws Refused unknown_tool, arguments_invalid, approval_unknown; LedgerError. */
export async function lookUpApproval(
  deps: RunningDeps,
  active: ActivePolicy,
  caller: Caller,
  { args, identity, requestId, signal }: IncomingCall,
): Promise<CallAnswer> {
  if (!mayAskForApproval(active, caller)) throw new Refused(UNKNOWN_TOOL, 'there is no such tool')
  if (typeof args !== 'object' || args === null || Array.isArray(args)) {
    throw new Refused('arguments_invalid', 'expected the arguments to be an object')
  }
  const { id, wait_s } = checkArguments(isAsked, { ...args })
  const untilMs = performance.now() + Number(wait_s) * 1_000
  let request = await own(deps, caller, identity.companies, String(id))
  while (request.state === 'pending' && performance.now() < untilMs && signal?.aborted !== true) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    request = await own(deps, caller, identity.companies, String(id))
  }
  const entry = await deps.state.record({
    request: requestId,
    what: 'approval_looked_up',
    code: request.state,
    caller: { ...caller, company: request.company },
    tool: APPROVAL_TOOL,
    revision: active.revision,
    bundle: active.digest,
    input: null,
    decision: null,
    approval: { id: request.id },
  })
  const metadata = {
    platform: active.catalogue.erp.name,
    total_count: null,
    page: null,
    page_size: null,
    has_next: false,
  }
  const alcada = { entry, revision: active.revision, masked: [] }
  return { kind: 'result', result: { data: told(request, active), metadata, alcada } }
}

/** The same words for somebody else's request and one that is not there. */
async function own(
  deps: RunningDeps,
  { id: caller, person }: Caller,
  companies: readonly string[],
  id: string,
): Promise<ApprovalRequest> {
  const request = await deps.state.approvals.get(id)
  const mine = request !== null && request.caller.id === caller && request.caller.person === person
  if (!mine || (companies.length > 0 && !companies.includes(request.company))) {
    throw new Refused('approval_unknown', 'you have no request for approval of this id', { field: 'id' })
  }
  return isLive(request.state) && request.expires_ms <= deps.now() ? { ...request, state: 'expired' } : request
}

function told(request: ApprovalRequest, { config }: ActivePolicy): Record<string, unknown> {
  const { id, state, tool, created_ms, expires_ms, count, roles, reason, entry } = request
  return {
    id,
    state,
    tool,
    created: new Date(created_ms).toISOString(),
    expires: new Date(expires_ms).toISOString(),
    count,
    given: consented(request),
    roles,
    reason,
    entry,
    next: nextFor(request, config.rbac.approvals?.after_approval === 'server_runs'),
  }
}

function nextFor({ state }: ApprovalRequest, serverRuns: boolean): string {
  switch (state) {
    case 'pending':
      return 'wait: nobody has decided yet, or not enough have agreed'
    case 'approved':
      return serverRuns ? 'wait: the server makes the call by itself' : 'repeat the same call, unchanged'
    case 'used':
      return 'nothing: the call was made; its ledger entry is `entry`'
    case 'rejected':
      return 'nothing: an approver has refused it, for the reason in `reason`'
    case 'expired':
      return 'nobody decided in time: make the call again to ask once more'
    case 'void':
      return 'what was to be approved has changed: make the call again to ask anew'
  }
}
