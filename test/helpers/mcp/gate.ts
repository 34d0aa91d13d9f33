import { type Identity, type McpGate, Unauthenticated } from '../../../servers/mcp/gate.ts'
import type { CallAnswer, IncomingCall } from '../../../servers/request/call.ts'
import type { ToolListing } from '../../../servers/request/list-tools.ts'

/** What a gate of a test saw, and what it lists. Tokens are `viewer`, `operator` and `hidden`. */
export interface TestGate extends McpGate {
  /** Every call that came through the edge. */
  calls: IncomingCall[]
  /** Header values and sources that were looked at. */
  authentications: { authorization: string | undefined; source: string }[]
  /** Taken instead of the usual answer, for one test. */
  answerWith: ((call: IncomingCall) => Promise<CallAnswer>) | null
}

const OUTPUT: ToolListing['outputSchema'] = {
  type: 'object',
  required: ['data', 'metadata', 'alcada'],
  properties: { data: { type: 'object' }, metadata: { type: 'object' }, alcada: { type: 'object' } },
}

const INPUT: ToolListing['inputSchema'] = { type: 'object', additionalProperties: true }

const LISTINGS: readonly ToolListing[] = ['create_payment', 'get_payable_list'].map((name) => ({
  name,
  description: `the tool ${name}`,
  inputSchema: INPUT,
  outputSchema: OUTPUT,
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
}))

/** A gate that decides like the real one in shape: a viewer sees one tool, an operator two, payments are refused. */
export function testGate(): TestGate {
  const gate: TestGate = {
    erp: 'omie',
    version: '0.0.0-test',
    calls: [],
    authentications: [],
    answerWith: null,
    async authenticate(authorization, source) {
      gate.authentications.push({ authorization, source })
      const role = /^Bearer (viewer|operator)$/.exec(authorization ?? '')?.[1]
      if (role !== undefined) return identityOf(role)
      const challenge = 'Bearer error="invalid_token", resource_metadata="http://localhost/.well-known/x"'
      throw new Unauthenticated(401, 'expected a bearer token', challenge)
    },
    async list(identity) {
      return LISTINGS.filter(({ name }) => isVisible(identity, name))
    },
    async call(call) {
      gate.calls.push(call)
      if (gate.answerWith !== null) return gate.answerWith(call)
      if (!isVisible(call.identity, call.tool)) return { kind: 'unknown_tool', tool: call.tool, entry: 'e-1' }
      return call.tool === 'create_payment' ? REFUSED : resultOf(call.args)
    },
  }
  return gate
}

export function identityOf(role: string): Identity {
  return {
    caller: { id: 'agent-1', person: 'u17', kind: 'agent', roles: [role], token_age_s: 60 },
    companies: ['12345678000195'],
    rolesClaimed: true,
    tokenId: null,
  }
}

/** An answer whose data says which arguments arrived. */
export function resultOf(args: unknown): CallAnswer {
  return {
    kind: 'result',
    result: {
      data: { received: args },
      metadata: { platform: 'omie', total_count: null, page: null, page_size: null, has_next: false },
      alcada: { entry: 'e-1', revision: 7, masked: [] },
    },
  }
}

const REFUSED: CallAnswer = {
  kind: 'refusal',
  refusal: {
    error: { code: 'amount_above_alcada', message: 'expected at most 1000.00 BRL' },
    alcada: { entry: 'e-1', retry: 'when_approved', approval: { count: 1, roles: ['approver'] } },
  },
}

function isVisible(identity: Identity, tool: string): boolean {
  if (tool === 'get_payable_list') return true
  return tool === 'create_payment' && identity.caller.roles.includes('operator')
}
