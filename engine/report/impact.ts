import type { Answer, Impact, ImpactGroup, NotReplayed } from '../contract/impact.ts'
import { printable } from './printable.ts'

/** What is said where there is no log: never that there is no impact. */
export const NO_LOG = 'no decision log yet'

/** For people: what is refused no longer first, then what is; last how much of it all could be told. */
export function impactText(impact: Impact): string {
  const { to_allow, to_deny, approvals, masks, not_replayed, drift, coverage, digest } = impact
  const parts = [
    section('Refused before, and no longer', to_allow.flatMap(groupLines)),
    section('Refused from now on', to_deny.flatMap(groupLines)),
    section('Other approvals', approvals.flatMap(groupLines)),
    section('Other fields hidden in the result', masks.flatMap(groupLines)),
    section('Not replayed', not_replayed.map(notReplayedLine)),
    section(
      'Decided otherwise then than the base decides now (of no concern to this change)',
      drift.map(
        ({ erp, tool, revision, recorded, base, count }) =>
          `${tool} on ${erp}, at revision ${revision === '' ? 'unknown' : revision}: was ${answerWords(recorded)}, base: ${answerWords(base)} (${calls(count)})`,
      ),
    ),
  ]
  const changes = [to_allow, to_deny, approvals, masks].flat()
  const none =
    changes.length > 0 ? '' : `None of the ${calls(coverage.replayed)} that were replayed comes out otherwise.\n`
  return `${[none, ...parts].filter((part) => part !== '').join('\n')}\n${coverageLines(impact).join('\n')}\ndigest ${digest}\n`
}

/** How much of what may happen the log has examples of. */
export function coverageLines({ coverage }: Pick<Impact, 'coverage'>): string[] {
  const { decisions, replayed, repeated, from, to, with_history, erps } = coverage
  const span = from === null || to === null ? '' : `, ${from.slice(0, 10)} to ${to.slice(0, 10)}`
  const again = repeated === 0 ? '' : ` (${repeated} told again are counted once)`
  const past =
    with_history === 0
      ? []
      : [
          `${calls(with_history)} had a past that bears on the decision, and kept the past of then: \`impact --live\` shows the rest`,
        ]
  return [
    `${replayed} of ${decisions} decisions replayed${again}${span}`,
    ...past,
    ...erps.map(({ erp, pairs, held, uncalled }) => {
      const rest = uncalled.length === 0 ? '' : `; nobody called ${few(uncalled)}`
      return `${erp}: the log holds ${held} of ${pairs} pairs of a role and a tool it may use${rest}`
    }),
  ]
}

/** `operator, create_payment on omie, above R$ 1.000,00 up to R$ 5.000,00: 1 approval by approver → allowed`, without the count. */
export function groupWords({ erp, tool, role, from, to, band, codes }: ImpactGroup): string {
  const why = codes.length === 0 ? '' : ` (${codes.join(', ')})`
  const limits = band === null ? '' : `, ${bandWords(band)}`
  return `${role}, ${tool} on ${erp}${limits}: ${answerWords(from)} → ${answerWords(to)}${why}`
}

/** `allowed`, `refused`, `1 approval by approver`. */
export function answerWords(answer: Answer): string {
  if (answer.effect !== 'require_approval') return answer.effect === 'allow' ? 'allowed' : 'refused'
  const { count, roles } = answer
  return `${count} approval${count === 1 ? '' : 's'} by ${roles.join(' or ')}`
}

/** Between which limits of the policies an amount stands. */
export function bandWords({ above, up_to, currency }: NonNullable<ImpactGroup['band']>): string {
  const parts = [
    ...(above === null ? [] : [`above ${money(above, currency)}`]),
    ...(up_to === null ? [] : [`up to ${money(up_to, currency)}`]),
  ]
  return parts.join(' ')
}

export function notReplayedWords({ reason, where }: NotReplayed): string {
  const words = Object.hasOwn(REASONS, reason) ? REASONS[reason] : reason
  return where.length === 0 ? `${words}` : `${words}: ${few(where)}`
}

const REASONS: Readonly<Record<string, string>> = {
  input_masked: 'the policy reads what the log holds only as a token',
  input_missing: 'the log does not hold the input',
  input_of_another_schema: 'the input is of another version, and lacks what the policy reads',
  history_missing: 'the log does not hold the past that the policy asks for',
  facts_other: 'the facts of the call come from elsewhere now, and the log does not hold the records',
  arguments_other: 'the tool takes other arguments',
  arguments_missing: 'the tool was hidden, so nobody wrote down the arguments',
  result_malformed: 'what was decided is no decision',
  erp_gone: 'of an ERP that neither state knows',
  tool_gone: 'of a tool that neither state knows',
  not_json: 'a line is no JSON',
  not_a_decision: 'a line is no decision on a call',
  not_utf8: 'a line is no UTF-8',
  line_too_long: 'a line is longer than 16 MiB',
  file_broken: 'a file ends in the middle',
}

function notReplayedLine(one: NotReplayed): string {
  const erp = one.erp === '' ? '' : `${one.erp}: `
  return `${erp}${printable(notReplayedWords(one))} (${one.count})`
}

function groupLines(group: ImpactGroup): string[] {
  const examples = group.examples.map(({ decision_id, timestamp, caller, person, counterparty, amount }) => {
    const who = caller === person ? caller : `${caller} for ${person}`
    const what = [amount === null ? '' : money(amount, 'BRL'), counterparty === null ? '' : `to ${counterparty}`]
    return printable(`  ${timestamp}  ${decision_id}  ${who}  ${what.filter(Boolean).join(' ')}`.trimEnd())
  })
  return [`${groupWords(group)}: ${calls(group.count)}`, ...examples]
}

function money(centavos: number, currency: string): string {
  const number = NUMBER.format(centavos / 100)
  return currency === 'BRL' ? `R$ ${number}` : `${currency} ${number}`
}

const NUMBER = new Intl.NumberFormat('pt-BR', { minimumFractionDigits: 2, maximumFractionDigits: 2 })

function few(names: readonly string[]): string {
  const rest = names.length - 5
  return `${names.slice(0, 5).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`
}

function calls(count: number): string {
  return `${count} call${count === 1 ? '' : 's'}`
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${title}:\n${lines.map((line) => `  ${line}\n`).join('')}`
}
