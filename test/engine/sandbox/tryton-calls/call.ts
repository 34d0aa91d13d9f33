/** One call of the list that both the real Tryton and its stand-in have to answer alike. */
export interface Call {
  /** What is shown, in a few words. */
  shows: string
  /** Login of the caller. */
  as: string
  method: string
  params: readonly unknown[]
}

export const aurora = 'alcada.aurora'
export const brisa = 'alcada.brisa'
export const one: object = { company: 1 }
export const two: object = { company: 2 }

export function decimal(text: string): object {
  return { __class__: 'Decimal', decimal: text }
}

export function date(year: number, month: number, day: number): object {
  return { __class__: 'date', year, month, day }
}

/** The day on which this runs: an entry's date has to lie in today's period. */
export function today(): object {
  const now = new Date()
  return date(now.getUTCFullYear(), now.getUTCMonth() + 1, now.getUTCDate())
}

/** @param params what the method takes, its context last */
export const call = (shows: string, as: string, method: string, ...params: unknown[]): Call => ({
  shows,
  as,
  method: `model.${method}`,
  params,
})

/** A payment of 150.00 by the first company, with what `changes` says. */
export const payment = (changes: object = {}): object => ({
  company: 1,
  kind: 'payable',
  party: 3,
  journal: 1,
  amount: decimal('150.00'),
  date: date(2026, 11, 30),
  description: 'NF-123',
  ...changes,
})
