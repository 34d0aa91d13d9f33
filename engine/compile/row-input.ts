import type { DecisionInput } from '../contract/decision-input.ts'
import { effectOf } from '../contract/effect.ts'
import { factsOf } from '../contract/facts.ts'
import { tokensOf } from '../contract/pointer.ts'
import type { CheckedErp } from '../validate/checked.ts'
import type { DecisionRow } from '../validate/decision-table.ts'

/** What a row decides on before facts are taken from it. */
export interface RowCall {
  args: Record<string, unknown>
  resolved: Record<string, unknown>
}

/** The example's arguments and records with the row's own put over them; null when the tool has no example. */
export function callOf({ decisions }: Pick<CheckedErp, 'decisions'>, row: DecisionRow): RowCall | null {
  const example = decisions.examples[row.does]
  if (example === undefined) return null
  const call = structuredClone({ args: example.args, resolved: example.resolved })
  for (const [pointer, value] of Object.entries(row.with)) put(call, pointer, value)
  return call
}

/** The decision input that a server would build of this call, in the conditions that rows start from. */
export function inputOf(
  { catalogue, config }: Pick<CheckedErp, 'catalogue' | 'config'>,
  row: DecisionRow,
  call: RowCall,
): DecisionInput | null {
  const tool = catalogue.tools[row.does]
  if (tool === undefined) return null
  const { effect, permission } = effectOf(tool, config.rbac.tools[row.does] ?? tool.permission, call.args)
  const input: DecisionInput = {
    caller: {
      id: 'agent-1',
      person: 'u17',
      kind: 'agent',
      roles: row.as,
      company: '12345678000195',
      token_age_s: 60,
    },
    tool: {
      name: tool.name,
      entity: tool.entity,
      effect,
      permission,
      reversible: tool.reversible,
      money: tool.money,
      sensitive: tool.sensitiveFields,
    },
    args: call.args,
    facts: factsOf(tool.facts, call),
    history: { settled_today: 0, similar: [], counterparty_touched: [], bank_changed_ms: null, rows_today: 0 },
    // A Wednesday at ten in the morning.
    time: {
      epoch_ms: Date.parse('2026-11-25T10:00:00-03:00'),
      date: '2026-11-25',
      weekday: 3,
      hour: 10,
      zone: 'America/Sao_Paulo',
    },
    approvals: [],
  }
  const copy = structuredClone(input)
  for (const [pointer, value] of Object.entries(row.given)) put(copy, pointer, value)
  return copy
}

/** Puts a value at a JSON Pointer, making the objects on its way; an array takes one at its end. */
export function put(document: unknown, pointer: string, value: unknown): void {
  const tokens = tokensOf(pointer)
  let at: unknown = document
  for (const [index, token] of tokens.entries()) {
    if (typeof at !== 'object' || at === null) return
    if (index === tokens.length - 1) set(at, token, structuredClone(value))
    else {
      if (!Object.hasOwn(at, token)) set(at, token, {})
      at = Reflect.get(at, token)
    }
  }
}

// defineProperty: `__proto__` is a name like any other here.
function set(target: object, token: string, value: unknown): void {
  Object.defineProperty(target, token, { value, enumerable: true, configurable: true, writable: true })
}
