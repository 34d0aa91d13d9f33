import { reais } from './words.ts'

/** A place of the decision input and its value, as a reader who knows no JSON Pointer says it. */
export function conditionWords(pointer: string, value: unknown): string {
  if (typeof value === 'number' && MONEY.test(pointer)) return `${nameOf(pointer)} is ${reais(value)}`
  if (typeof value === 'boolean' && FLAGS[pointer] !== undefined) return FLAGS[pointer][value ? 0 : 1]
  return `${nameOf(pointer)} is ${typeof value === 'string' ? value : JSON.stringify(value)}`
}

function nameOf(pointer: string): string {
  return NAMES[pointer] ?? pointer.slice(1).replaceAll('/', ' ')
}

const MONEY = /^\/(facts\/(open_)?amount|history\/settled)/

const FLAGS: Readonly<Record<string, [string, string]>> = {
  '/facts/bank_change': ['bank data changes', 'no bank data changes'],
  '/facts/filtered': ['the list is narrowed', 'the list is not narrowed'],
}

const NAMES: Readonly<Record<string, string>> = {
  '/caller/id': 'the caller',
  '/caller/person': 'the person who answers',
  '/caller/kind': 'who calls',
  '/caller/company': 'the company',
  '/caller/token_age_s': 'the age of the token in seconds',
  '/facts/amount': 'the amount',
  '/facts/open_amount': 'what is still open',
  '/facts/currency': 'the currency',
  '/facts/counterparty': 'the counterparty',
  '/facts/due_date': 'the due date',
  '/facts/accrual_date': 'the accrual date',
  '/facts/issue_date': 'the date of issue',
  '/facts/cost_center': 'the cost centre',
  '/facts/rows': 'the number of rows',
  '/history/settled_today': 'the total settled today',
  '/history/rows_today': 'the number of rows read today',
  '/time/date': 'the day',
  '/time/hour': 'the hour',
  '/time/weekday': 'the day of the week',
}
