import type { Outcome } from '../../engine/contract/ledger.ts'
import { maskText } from '../../engine/contract/mask.ts'
import type { PersonalSeen } from '../../engine/contract/personal/seen.ts'
import { readPointer } from '../../engine/contract/pointer.ts'
import type { ErpOutcome } from '../erp/outcome.ts'
import type { ClosedOutcome } from '../state/state.ts'
import { clearResult, hiddenResult, rowsOf, shownTo } from './answer.ts'
import type { CallAnswer } from './call.ts'
import { callErp } from './call-erp.ts'
import type { Committed } from './commit.ts'
import { isConfirmed } from './confirm.ts'
import type { Resolved } from './decision-input.ts'
import type { RunningDeps } from './deps.ts'
import { after, Refused } from './refused.ts'
import { repeatKeyOf } from './repeat.ts'
import type { ToolRequest } from './request.ts'
import { sawBank } from './saw-bank.ts'

type Opened = Extract<Committed, { kind: 'opened' }>

/**
 * Does a call whose entry is durable: ERP, confirm, output, mask. The entry is closed before the answer leaves,
 * whatever happens.
 * @throws Refused erp_*, not_confirmed, result_invalid, outcome_unrecorded; each with the entry
 */
export async function execute(
  deps: RunningDeps,
  request: ToolRequest,
  resolved: Resolved,
  opened: Opened,
): Promise<CallAnswer> {
  const { entry } = opened
  const write = opened.input.tool.effect !== 'read'
  const startedMs = deps.now()
  // Until proven otherwise.
  let outcome: Outcome = { kind: write ? 'unknown' : 'failed', code: 'internal_error' }
  let rows = 0
  let age_s = 0
  let made: string | null = null
  let personal: PersonalSeen[] = []
  try {
    const { tool: asks, args, onProgress } = request
    const asked = await callErp(deps, request, { tool: asks, args, resolved, ...(onProgress && { onProgress }) })
    if (asked.kind !== 'done') {
      outcome = { kind: asked.kind, code: asked.error.kind }
      throw erpRefused(asked, entry)
    }
    if (!(await confirmed(deps, request, resolved, asked.answer))) {
      outcome = { kind: 'unknown', code: 'not_confirmed' }
      const message = `the ERP took the call but does not show that it was done: a person has to look at entry \`${entry}\``
      throw new Refused('not_confirmed', message, { entry, outcome: 'unknown' })
    }
    outcome = { kind: 'done', result: null }
    made = madeBy(opened, asked.data)
    await sawBank(deps, request.company, request.tool, asked.data)
    const { active, tool } = request
    const validate = deps.schemas(tool).output
    const clear = clearResult(asked, active.catalogue.erp.name, { entry, revision: active.revision }, validate)
    if (clear === null) {
      const message = `${write ? 'it was done, but ' : ''}the ERP answered in a shape that the tool does not promise`
      throw new Refused('result_invalid', message, { entry, outcome: 'done' })
    }
    rows = write ? 0 : rowsOf(clear.data)
    age_s = asked.ageS
    // A repeat gets this answer: what is personal does not stay in the ledger for it.
    const kept = repeatKeyOf(request) === undefined ? null : hiddenResult(clear, tool.sensitiveFields)
    outcome = { kind: 'done', result: kept }
    const shown = shownTo(opened.decision, tool.sensitiveFields, clear, asked.content)
    personal = shown.seen
    return shown.answer
  } catch (error) {
    if (error instanceof Refused && error.details.entry === entry) throw error
    throw new Refused('internal_error', 'the call failed inside the server', {
      entry,
      outcome: outcome.kind,
      cause: error,
    })
  } finally {
    await closed(deps, entry, write, { outcome, rows, age_s, made, personal, took_ms: deps.now() - startedMs })
  }
}

function confirmed(deps: RunningDeps, request: ToolRequest, resolved: Resolved, answer: unknown): Promise<boolean> {
  if (request.tool.confirm === undefined) return isConfirmed(deps, request, resolved, answer)
  return deps.trace.step('confirm', async (tell) => {
    const is = await isConfirmed(deps, request, resolved, answer)
    tell({ outcome: is ? 'done' : 'not_confirmed' })
    return is
  })
}

/** Id of what a call created; null where it did not create, or the ERP does not tell. */
function madeBy({ input }: Opened, data: unknown): string | null {
  const id = input.tool.effect === 'create' ? readPointer(data, '/id') : undefined
  return typeof id === 'string' ? id : null
}

/** No record, no reply. */
async function closed(deps: RunningDeps, entry: string, write: boolean, end: ClosedOutcome): Promise<void> {
  try {
    await deps.state.close(entry, end)
  } catch (cause) {
    if (!write)
      throw new Refused('ledger_unavailable', 'the ledger cannot be written', { entry, retry: after(5), cause })
    const message = `the ERP was called, but what came of it could not be written down: a person has to look at entry \`${entry}\``
    throw new Refused('outcome_unrecorded', message, { entry, outcome: 'unknown', cause })
  }
}

const TRANSIENT = new Set(['rate_limited', 'busy', 'blocked', 'server', 'timeout', 'connection'])

function erpRefused({ kind, error }: Exclude<ErpOutcome, { kind: 'done' }>, entry: string): Refused {
  const said = error.fromErp === true ? `the ERP says: ${maskText(error.message)}` : error.message
  const code = `erp_${error.kind}`
  if (kind === 'unknown') {
    const message = `whether it was done is not known: a person has to look at entry \`${entry}\` (${said})`
    return new Refused(code, message, { entry, outcome: 'unknown' })
  }
  const wait = error.retryAfterS ?? (TRANSIENT.has(error.kind) ? 5 : null)
  return new Refused(code, said, { entry, outcome: 'failed', ...(wait === null ? {} : { retry: after(wait) }) })
}
