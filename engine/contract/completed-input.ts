import type { Facts, History } from './decision-input.ts'
import { NO_HISTORY } from './history.ts'

/** What was added since the first bundles, as it is where nothing is known. Whatever comes to be added stands here too. */
const ADDED_FACTS: Partial<Facts> = { issue_date: null, cost_center: null, filtered: false }
const ADDED_HISTORY: Partial<History> = { settled: NO_HISTORY.settled }

/** A decision input as it was written once, with what inputs have got since; anything else as it stands. */
export function completedInput(input: unknown): unknown {
  if (!isRecord(input)) return input
  const { facts, history } = input
  if (!isRecord(facts) || !isRecord(history)) return input
  const touched = history['counterparty_touched']
  const known = {
    ...ADDED_HISTORY,
    ...history,
    ...(Array.isArray(touched) ? { counterparty_touched: touched.map(withPerson) } : {}),
  }
  return { ...input, facts: { ...ADDED_FACTS, ...facts }, history: known }
}

function withPerson(touch: unknown): unknown {
  return isRecord(touch) ? { person: touch['by'], ...touch } : touch
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
