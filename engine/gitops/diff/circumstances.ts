import type { Config, RegisteredCaller } from '../../contract/config.ts'
import { reais } from './words.ts'

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
    ...windows(configs),
    ...named(configs),
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

/** Each total with which the call just stays within what may be settled in all, reaches it, and goes beyond. */
export function totals(configs: readonly Config[], amount: number): Circumstance[] {
  const limits = configs.flatMap(({ rbac }) => rbac.totals?.limits ?? [])
  const places = limits.flatMap(({ of, over, up_to }) =>
    [-1, 0, 1].map((more) => ({ of, over, settled: up_to - amount + more })),
  )
  return places
    .filter(({ settled }) => settled >= 0)
    .map(({ of, over, settled }) => ({
      words: `the ${of} has ${reais(settled)} settled in this ${over} already`,
      given: { [`/history/settled/${of}/${over}`]: settled },
    }))
}

/** Just inside and just outside each span of time that a rule looks back over. */
function windows(configs: readonly Config[]): Circumstance[] {
  const holds = configs.flatMap(({ security }) => security.guards?.bank_freeze?.hold_ms ?? [])
  const duties = configs.flatMap(({ rbac }) => rbac.duties?.window_ms ?? [])
  return [
    ...beforeNow(holds).map(([ago, at]) => ({
      words: `bank data of the counterparty changed ${ago} ago`,
      given: { '/history/bank_changed_ms': at },
    })),
    ...beforeNow(duties).map(([ago, at]) => ({
      words: `the caller did create the counterparty ${ago} ago`,
      given: { '/history/counterparty_touched': [touched('agent-1', 'u17', 'create', at)] },
    })),
  ]
}

function beforeNow(spans: readonly number[]): [string, number][] {
  return [...new Set(spans)].flatMap((span) =>
    [-1, 0, 1].map((more): [string, number] => [
      `${span / HOUR_MS} hours${['', ' less an instant', '', ' and an instant'][more + 2]}`,
      NOW_MS - span - more,
    ]),
  )
}

/** Everybody whom only one side stops or knows as a substitute, and each company whose books only one side closes so. */
function named(configs: readonly Config[]): Circumstance[] {
  const onOneSide = (list: (config: Config) => readonly string[]): string[] => {
    const sides = configs.map((config) => new Set(list(config)))
    return [...new Set(configs.flatMap(list))].filter((each) => !sides.every((side) => side.has(each))).sort()
  }
  const locks = onOneSide(({ security }) =>
    Object.entries(security.guards?.period_lock?.locked_until ?? {}).map(([company, day]) => `${company} ${day}`),
  ).map((each) => each.split(' '))
  const places = onOneSide(({ rbac }) =>
    Object.entries(rbac.substitutes ?? {}).flatMap(([person, all]) =>
      all.map((one) => JSON.stringify([person, one.from_ms, one.until_ms, one.role])),
    ),
  ).map((each): [string, number, number] => JSON.parse(each))
  return [
    ...registered(onOneSide(({ rbac }) => Object.entries(rbac.callers).map((entry) => JSON.stringify(entry)))),
    ...onOneSide(({ rbac }) => rbac.revoked?.callers ?? []).map((id) => ({
      words: `${id} calls`,
      given: { '/caller/id': id },
    })),
    ...onOneSide(({ rbac }) => rbac.revoked?.persons ?? []).map((person) => ({
      words: `${person} answers for the call`,
      given: { '/caller/person': person },
    })),
    ...onOneSide(({ rbac }) => rbac.revoked?.companies ?? []).map((company) => ({
      words: `the call is for the company ${company}`,
      given: { '/caller/company': company },
    })),
    ...onOneSide(({ security }) => Object.keys(security.guards?.hours?.holidays ?? {})).map((day) => ({
      words: `it is the day ${day}`,
      given: { '/time/date': day },
    })),
    ...locks.map(([company, day]) => ({
      words: `the call is for the company ${company}, dated ${day}`,
      given: { '/caller/company': company, '/facts/accrual_date': day, '/facts/issue_date': day },
    })),
    ...places.flatMap(([person, from, until]) =>
      [from - 1, from, until - 1, until].map((at) => ({
        words: `${person} approved at ${new Date(at).toISOString()}`,
        given: { '/approvals': [{ by: person, person, roles: [], at_ms: at }] },
      })),
    ),
  ]
}

/** Each agent whose registration differs, for a company it has, to its last day and after. */
function registered(entries: readonly string[]): Circumstance[] {
  return entries
    .map((entry): [string, RegisteredCaller] => JSON.parse(entry))
    .flatMap(([id, { person, companies, valid_until }]): Circumstance[] => {
      const given = { '/caller/id': id, '/caller/person': person }
      const days = valid_until === null ? [] : [valid_until, dayAfter(valid_until)]
      return [
        ...companies.map((company) => ({
          words: `${id} calls for the company ${company}`,
          given: { ...given, '/caller/company': company },
        })),
        ...days.map((day) => ({ words: `${id} calls on ${day}`, given: { ...given, '/time/date': day } })),
      ]
    })
}

function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T12:00:00Z`) + 24 * HOUR_MS).toISOString().slice(0, 10)
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

function touched(by: string, person: string, what: 'create' | 'update', at_ms: number = NOW_MS - HOUR_MS): object {
  return { by, person, what, at_ms }
}
