import type { Config } from '../../contract/config.ts'

/** Named circumstances that a call may happen in: what rules can ask of history, time and approvals. */
export interface Circumstance {
  words: string
  given: Record<string, unknown>
}

/** The instant that representative calls are made at: a Wednesday at ten in the morning in São Paulo. */
const NOW_MS = Date.parse('2026-11-25T10:00:00-03:00')
const HOUR_MS = 3_600_000

/** Those that follow from the shape of the decision input alone, and approvals by every role that can give one. */
export function circumstances(configs: readonly Config[]): Circumstance[] {
  const approvers = [...new Set(configs.flatMap(approvingRoles))].sort()
  return [
    ...approvers.flatMap((role): Circumstance[] => [
      { words: `approved by one ${role}`, given: { '/approvals': [approval('u90', role)] } },
      {
        words: `approved by two of ${role}`,
        given: { '/approvals': [approval('u90', role), approval('u91', role)] },
      },
      {
        words: `approved by one ${role} who is the requester`,
        given: { '/approvals': [approval('u17', role)] },
      },
    ]),
    { words: 'a person calls', given: { '/caller/kind': 'human' } },
    { words: 'an unlisted agent calls', given: { '/caller/id': 'agent-unlisted', '/caller/person': 'u99' } },
    { words: 'the call is bound to no company', given: { '/caller/company': null } },
    { words: 'the call is for another company', given: { '/caller/company': '12ABC34501DE35' } },
    { words: 'there was a similar call an hour ago', given: { '/history/similar': [similar()] } },
    ...(['create', 'update'] as const).flatMap((what): Circumstance[] => [
      {
        words: `the caller did ${what} the counterparty an hour ago`,
        given: { '/history/counterparty_touched': [touched('agent-1', 'u17', what)] },
      },
      {
        words: `somebody else did ${what} the counterparty an hour ago`,
        given: { '/history/counterparty_touched': [touched('agent-2', 'u18', what)] },
      },
    ]),
    {
      words: 'bank data of the counterparty changed an hour ago',
      given: { '/history/bank_changed_ms': NOW_MS - HOUR_MS },
    },
    {
      words: 'bank data of the counterparty changed a month ago',
      given: { '/history/bank_changed_ms': NOW_MS - 30 * 24 * HOUR_MS },
    },
    { words: 'it is three at night', given: { '/time/hour': 3, '/time/epoch_ms': NOW_MS - 7 * HOUR_MS } },
    {
      words: 'it is a Sunday',
      given: { '/time/weekday': 0, '/time/date': '2026-11-29', '/time/epoch_ms': NOW_MS + 96 * HOUR_MS },
    },
    {
      words: 'it is a national holiday',
      given: { '/time/weekday': 5, '/time/date': '2026-12-25', '/time/epoch_ms': NOW_MS + 720 * HOUR_MS },
    },
  ]
}

function approvingRoles({ rbac, security }: Config): string[] {
  const bands = Object.values(rbac.alcada).flatMap((each) => each ?? [])
  const guards = [security.guards?.bank_freeze, security.guards?.duplicates]
  const administrators = Object.entries(rbac.roles).flatMap(([role, grants]) =>
    grants.includes('admin') ? [role] : [],
  )
  return [...bands.flatMap(({ roles }) => roles), ...guards.flatMap((guard) => guard?.roles ?? []), ...administrators]
}

function approval(person: string, role: string): object {
  return { by: person, person, roles: [role], at_ms: NOW_MS - HOUR_MS }
}

function similar(): object {
  return { entry: 'e-1', at_ms: NOW_MS - HOUR_MS, amount: 90_000, due_date: '2026-11-30' }
}

function touched(by: string, person: string, what: 'create' | 'update'): object {
  return { by, person, what, at_ms: NOW_MS - HOUR_MS }
}
