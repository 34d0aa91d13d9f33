import { expect, test } from 'vitest'
import { timeIn } from '../../../engine/contract/zone-time.ts'

const saoPaulo = timeIn('America/Sao_Paulo')

test.each<[string, string, number, number]>([
  ['2026-11-25T13:00:00Z', '2026-11-25', 3, 10],
  // Past midnight in London, still the evening before in São Paulo: the day's total is that day's.
  ['2026-11-26T02:59:59Z', '2026-11-25', 3, 23],
  ['2026-11-26T03:00:00Z', '2026-11-26', 4, 0],
  ['2027-01-01T02:00:00Z', '2026-12-31', 4, 23],
  ['2028-02-29T15:00:00Z', '2028-02-29', 2, 12],
  ['2026-11-29T15:00:00Z', '2026-11-29', 0, 12],
])('%s is %s, weekday %d, hour %d in São Paulo', (instant, date, weekday, hour) => {
  const epoch_ms = Date.parse(instant)
  expect(saoPaulo(epoch_ms)).toEqual({ epoch_ms, date, weekday, hour, zone: 'America/Sao_Paulo' })
})

test('a zone that does not exist is refused at the start', () => {
  expect(() => timeIn('Brasil/Capital')).toThrow()
})
