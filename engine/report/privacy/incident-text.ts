import { moneyInWords } from '../../contract/money-words.ts'
import type { Incident } from './incident.ts'

/** What `audit incident` says to a person. */
export function incidentText(incident: Incident): string {
  const { from, to, caller, known, deadlines, calls, companies, tools, callers, categories, subjects } = incident
  const { settled, refused, unknown, measures, to_fill_in, entries } = incident
  const list = (values: readonly string[]): string => (values.length === 0 ? '-' : values.join(', '))
  const shown = categories.map(({ kind, clear, masked, fields }) => {
    return `  ${kind}: ${clear.rows} shown clear (${clear.different} different), ${masked.rows} masked; in ${fields.join(', ')}`
  })
  return `${[
    `Personal data shown from ${from} to ${to}${caller === null ? '' : ` to ${caller}`}`,
    `Known on ${known}. Notice to the ANPD and to the persons by ${deadlines.notice} (3 business days; a small agent by`,
    `${deadlines.small_agent}); what is not known then by ${deadlines.supplement} (Resolução CD/ANPD 15/2024, art. 6 and 9)`,
    '',
    `Calls: ${calls}, refused: ${refused}, outcome unknown: ${list(unknown)}`,
    `Callers: ${list(callers)}`,
    `Companies: ${list(companies)}`,
    `Tools: ${list(tools)}`,
    `Money moved: ${settled.count} calls, ${moneyInWords(settled.centavos, 'BRL')}`,
    `Persons whose data was shown clear: at least ${subjects.at_least}, at most ${subjects.at_most}`,
    'Nature and categories of the data:',
    ...(shown.length === 0 ? ['  none'] : shown),
    'Measures before the incident:',
    ...measures.map((measure) => `  ${measure}`),
    'For a person to fill in:',
    ...to_fill_in.map((item) => `  ${item}`),
    `Entries: ${list(entries)}`,
  ].join('\n')}\n`
}
