import type { CatalogueTool } from '../../engine/contract/catalogue.ts'
import type { Band, BandCondition, Config, TotalLimit } from '../../engine/contract/config.ts'
import type { Caller } from '../../engine/contract/decision-input.ts'
import { moneyInWords } from '../../engine/contract/money-words.ts'
import type { Effect } from '../../engine/contract/vocabulary.ts'

const VERBS: Readonly<Record<Effect, string>> = {
  read: 'reads',
  create: 'creates',
  update: 'changes to',
  delete: 'deletes',
  settle: 'settles',
  fiscal: 'issues',
}

type Tool = Pick<CatalogueTool, 'effect' | 'money' | 'entity' | 'facts'>

/**
 * The limits a caller has on a tool: ` (settles up to R$ 1.000,00 alone, up to R$ 50.000,00 with 1 approval; on business
 * days from 8 to 18 h, America/Sao_Paulo)`. Nothing for a tool without limits. The policy decides; these words only
 * save a caller the asking.
 */
export function limitsInWords(tool: Tool, config: Config, { roles }: Pick<Caller, 'roles'>): string {
  const parts = [bandsInWords(tool, config, roles), totalsInWords(tool, config), hoursInWords(tool, config)]
  const said = [...parts, rowsInWords(tool, config)].filter((part) => part !== '')
  return said.length === 0 ? '' : ` (${said.join('; ')})`
}

function bandsInWords({ money, effect }: Tool, { rbac }: Config, roles: readonly string[]): string {
  const bands = money ? (rbac.alcada[effect] ?? []) : []
  const own = bands.filter(({ when }) => when?.caller_roles?.some((role) => roles.includes(role)) ?? true)
  return own.length === 0 ? '' : `${VERBS[effect]} ${own.map(bandInWords).join(', ')}`
}

function bandInWords({ up_to, currency, approvers, when }: Band): string {
  const who = approvers === 0 ? 'alone' : `with ${approvers} approval${approvers === 1 ? '' : 's'}`
  return [`up to ${moneyInWords(up_to, currency)} ${who}`, ...(when ? conditionsInWords(when, currency) : [])].join(' ')
}

function conditionsInWords(when: BandCondition, currency: string): string[] {
  const { counterparty_class, cost_centers, day_total, valid_from, valid_until } = when
  return [
    counterparty_class === null ? '' : `to the class ${counterparty_class}`,
    cost_centers === null ? '' : `of cost centre ${cost_centers.join(' or ')}`,
    day_total === null ? '' : `while the day's total is at most ${moneyInWords(day_total, currency)}`,
    valid_from === null ? '' : `from ${valid_from}`,
    valid_until === null ? '' : `until ${valid_until}`,
  ].filter((part) => part !== '')
}

const OF: Readonly<Record<TotalLimit['of'], string>> = {
  caller: 'for you',
  person: 'for your person',
  company: 'for the company',
  counterparty: 'to one party',
}

function totalsInWords({ effect }: Tool, { rbac: { totals = null } }: Config): string {
  if (effect !== 'settle' || totals === null || totals.limits.length === 0) return ''
  const limits = totals.limits.map(({ of, over, up_to }) => {
    const period = over === 'day' ? 'a day' : `in ${totals.window_days} days`
    return `${moneyInWords(up_to, 'BRL')} ${period} ${OF[of]}`
  })
  return `in all at most ${limits.join(', ')}`
}

function hoursInWords({ effect }: Tool, { security }: Config): string {
  const hours = security.guards?.hours ?? null
  if (hours === null || !hours.effects.includes(effect)) return ''
  const { business_days, from, until, zone } = hours
  return `${business_days ? 'on business days ' : ''}from ${from} to ${until} h, ${zone}`
}

function rowsInWords({ effect, entity, facts }: Tool, { security }: Config): string {
  const cap = security.guards?.export ?? null
  if (cap === null || effect !== 'read' || facts?.rows === undefined) return ''
  return [
    `at most ${cap.rows_per_call} rows a call`,
    cap.entities.includes(entity) ? `${cap.rows_per_day} a day` : '',
    cap.filter_required.includes(entity) ? 'narrowed by a text of three characters or more' : '',
  ]
    .filter((part) => part !== '')
    .join(', ')
}
