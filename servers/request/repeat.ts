import { consequenceOf } from '../../engine/contract/call-input.ts'
import { factsOf } from '../../engine/contract/facts.ts'
import type { CallAnswer } from './call.ts'
import type { RunningDeps } from './deps.ts'
import { after, Refused } from './refused.ts'
import { aborted, type ToolRequest } from './request.ts'

/**
 * What makes a second call the same as a first: the caller's own key, or null for the arguments themselves;
 * undefined where doing it twice does no harm.
 */
export function repeatKeyOf(request: ToolRequest): string | null | undefined {
  if (consequenceOf(request.tool, request.active.config, request.args).effect === 'read') return undefined
  const { args, tool } = request
  const key = factsOf(tool.facts, { args, resolved: {} }).idempotency_key
  return key === null && !tool.money ? undefined : key
}

/**
 * The answer to a call that was made before; null when it was not. Looked for before the records are read: a payment
 * that is done has changed them.
 * @throws Refused repeat_running, outcome_unknown, idempotency_conflict, already_done; LedgerError
 */
export async function replay(deps: RunningDeps, request: ToolRequest): Promise<CallAnswer | null> {
  const key = repeatKeyOf(request)
  if (key === undefined) return null
  const { caller, company, tool, args, deadline } = request
  const earlier = await deps.state.repeat({ caller, company, tool: tool.name, args, key })
  if (earlier === null) return null
  switch (earlier.state) {
    case 'running': {
      await Promise.race([deps.state.ended(earlier.entry), aborted(deadline.orGone)])
      if (!deadline.orGone.aborted) return replay(deps, request)
      throw new Refused('repeat_running', `the same call is still running: entry \`${earlier.entry}\``, {
        retry: after(2),
      })
    }
    case 'unknown':
      throw new Refused(
        'outcome_unknown',
        `the same call was made before, and whether it was done is not known: a person has to look at entry \`${earlier.entry}\``,
      )
    case 'conflict':
      throw new Refused(
        'idempotency_conflict',
        `this reference was used before with other arguments: entry \`${earlier.entry}\``,
        { field: 'reference' },
      )
    case 'done': {
      const { result } = earlier
      if (result === null)
        throw new Refused('already_done', `the same call was done before: entry \`${earlier.entry}\``)
      return { kind: 'result', result: { ...result, alcada: { ...result.alcada, replayed: true } } }
    }
  }
}
