import { callInput } from '../contract/call-input.ts'
import { DEFAULT_ZONE } from '../contract/config-guards.ts'
import type { DecisionInput } from '../contract/decision-input.ts'
import { NO_HISTORY } from '../contract/history.ts'
import type { CheckedErp } from '../validate/checked.ts'
import type { DecisionRow, ExampleCall } from '../validate/decision-table.ts'
import { put } from '../validate/row-call.ts'

/**
 * The decision input that a server would build of this call, in the conditions that rows start from.
 * It may share parts with the call and the catalogue: clone it before changing it.
 */
export function inputOf(
  { catalogue, config }: Pick<CheckedErp, 'catalogue' | 'config'>,
  row: Pick<DecisionRow, 'as' | 'does' | 'given'>,
  call: ExampleCall,
): DecisionInput | null {
  const tool = catalogue.tools[row.does]
  if (tool === undefined) return null
  const input: DecisionInput = {
    caller: {
      id: 'agent-1',
      person: 'u17',
      kind: 'agent',
      roles: row.as,
      company: '12345678000195',
      token_age_s: 60,
    },
    ...callInput(tool, config, call),
    history: NO_HISTORY,
    // A Wednesday at ten in the morning.
    time: {
      epoch_ms: Date.parse('2026-11-25T10:00:00-03:00'),
      date: '2026-11-25',
      weekday: 3,
      hour: 10,
      zone: config.security.guards?.hours?.zone ?? DEFAULT_ZONE,
    },
    approvals: [],
  }
  if (Object.keys(row.given).length === 0) return input
  const copy = structuredClone(input)
  for (const [pointer, value] of Object.entries(row.given)) put(copy, pointer, structuredClone(value))
  return copy
}
