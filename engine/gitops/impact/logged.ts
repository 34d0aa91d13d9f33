import { completedInput } from '../../contract/completed-input.ts'
import type { Decision } from '../../contract/decision.ts'
import { readDecision } from '../../contract/decision.ts'
import { isDecisionInput } from '../../contract/decision-guard.ts'
import type { DecisionInput } from '../../contract/decision-input.ts'

/** One decision out of a log. */
export interface Logged {
  erp: string
  decision_id: string
  timestamp: string
  /** As the log has it; empty where it does not say. */
  revision: string
  input: DecisionInput
  decision: Decision
  /** JSON Pointers into the input that the log names as masked or left out. */
  hidden: string[]
  /** Places of the input that its writer did not know of yet. */
  unknown: string[]
}

export type Read = { logged: Logged } | { bad: string; erp: string; where?: string }

/**
 * The decisions in one line: an event of OPA's decision log, alone, in the chunk that OPA sends, or as OPA's own console
 * log wraps it. Whatever is none is a reason, never an error. Lines of such a log that tell of something else are none.
 */
export function readLogged(text: string): Read[] {
  const value = parsed(text)
  if (value === undefined) return [{ bad: 'not_json', erp: '' }]
  return Array.isArray(value) ? value.flatMap(oneOf) : oneOf(value)
}

function oneOf(value: unknown): Read[] {
  if (!isRecord(value)) return [{ bad: 'not_a_decision', erp: '' }]
  const { path, decision_id, timestamp, input, result, bundles, msg } = value
  if (decision_id === undefined && typeof msg === 'string') return []
  const erp = typeof path === 'string' ? (PATH.exec(path)?.[1] ?? '') : ''
  // A list of tools and alerts are asked of the same policy; they are no decisions on a call.
  if (typeof path === 'string' && OTHER.test(path)) return []
  if (erp === '' || typeof decision_id !== 'string' || decision_id.length > 200) return [{ bad: 'not_a_decision', erp }]
  if (typeof timestamp !== 'string' || Number.isNaN(Date.parse(timestamp))) return [{ bad: 'not_a_decision', erp }]
  if (!isRecord(input)) return [{ bad: 'input_missing', erp }]
  if (!isRecord(input['history'])) return [{ bad: 'history_missing', erp, where: '/history' }]
  const completed = completedInput(input)
  if (!isDecisionInput(completed)) {
    const [error] = isDecisionInput.errors ?? []
    return [{ bad: 'input_of_another_schema', erp, where: error?.instancePath || '/' }]
  }
  const decision = readDecision(result)
  if (decision.reasons.some(({ code }) => code === 'decision_undefined' || code === 'decision_malformed')) {
    return [{ bad: 'result_malformed', erp }]
  }
  const hidden = [...textsIn(value['masked']), ...textsIn(value['erased'])]
    .filter((pointer) => pointer.startsWith('/input/'))
    .map((pointer) => pointer.slice('/input'.length))
  const at = new Date(timestamp).toISOString()
  const unknown = [...missingIn(input, completed, 'facts'), ...missingIn(input, completed, 'history')]
  const revision = revisionOf(bundles, erp)
  return [{ logged: { erp, decision_id, timestamp: at, revision, input: completed, decision, hidden, unknown } }]
}

const PATH = /^\/?([a-z][a-z0-9_]{0,62})\/decision$/
const OTHER = /^\/?[a-z][a-z0-9_]{0,62}\/(visible|alerts)$/

function missingIn(input: Record<string, unknown>, whole: DecisionInput, part: 'facts' | 'history'): string[] {
  const written = input[part]
  const known = isRecord(written) ? written : {}
  return Object.keys(whole[part])
    .filter((key) => !Object.hasOwn(known, key))
    .map((key) => `/${part}/${key}`)
}

function revisionOf(bundles: unknown, erp: string): string {
  const bundle = isRecord(bundles) && Object.hasOwn(bundles, erp) ? bundles[erp] : undefined
  const revision = isRecord(bundle) ? bundle['revision'] : undefined
  return typeof revision === 'string' && /^[\w.-]{1,64}$/.test(revision) ? revision : ''
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function textsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((text) => typeof text === 'string') : []
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
