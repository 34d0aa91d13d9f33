import { parentPort } from 'node:worker_threads'
import { type Decision, denial } from '../../engine/contract/decision.ts'
import type { DecisionInput } from '../../engine/contract/decision-input.ts'
import { instantiatePolicy, type Policy } from '../../engine/contract/evaluate.ts'
import type { BesideReply, BesideRequest } from './beside.ts'

// An evaluation that does not end blocks its thread for good: hence a thread of its own, which can be ended.
let policy: Policy | null = null

parentPort?.on('message', (request: BesideRequest) => {
  if (request.kind === 'decide') return reply({ kind: 'decided', id: request.id, decision: decide(request.input) })
  return void instantiatePolicy({ ...request.source, mostPages: MOST_PAGES }).then(
    (loaded) => {
      policy = loaded
      reply({ kind: 'loaded', error: null })
    },
    (error: unknown) => reply({ kind: 'loaded', error: error instanceof Error ? error.message : 'it does not load' }),
  )
})

/** 256 MiB. */
const MOST_PAGES = 4_096

function decide(input: DecisionInput): Decision {
  if (policy === null) return denial('policy_failed', 'the policy is not loaded')
  const decision = policy.decide(input)
  if (decision.effect === 'deny' || policy.visible({ caller: input.caller }).includes(input.tool.name)) return decision
  return denial('tool_hidden', 'the caller does not see the tool')
}

function reply(message: BesideReply): void {
  parentPort?.postMessage(message)
}
