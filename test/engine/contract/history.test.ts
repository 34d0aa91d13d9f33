import { expect, test } from 'vitest'
import { CALENDAR, daysBefore, isZone, nationalHolidays, startOfDay } from '../../../engine/contract/calendar.ts'
import { bankText, historyMoves, partyScope, rowsScope, totalScopes } from '../../../engine/contract/history.ts'
import { paymentInput } from '../../servers/state/fixtures.ts'

test('a day begins at midnight in São Paulo, three hours after UTC', () => {
  expect(startOfDay('2026-11-25', 'America/Sao_Paulo')).toBe(Date.parse('2026-11-25T03:00:00Z'))
  expect(startOfDay('2026-11-25', 'UTC')).toBe(Date.parse('2026-11-25T00:00:00Z'))
})

test('where clocks were put forward at midnight, a day begins at one', () => {
  // The last summer time of Brazil began on 4 November 2018: 00:00 did not exist.
  expect(startOfDay('2018-11-04', 'America/Sao_Paulo')).toBe(Date.parse('2018-11-04T03:00:00Z'))
})

test('the furthest zones are still reached', () => {
  expect(startOfDay('2026-11-25', 'Pacific/Kiritimati')).toBe(Date.parse('2026-11-24T10:00:00Z'))
  expect(startOfDay('2026-11-25', 'Etc/GMT+12')).toBe(Date.parse('2026-11-25T12:00:00Z'))
})

test('days are counted over the ends of months and years', () => {
  expect(daysBefore('2026-03-01', 1)).toBe('2026-02-28')
  expect(daysBefore('2027-01-01', 1)).toBe('2026-12-31')
  expect(daysBefore('2026-12-31', -1)).toBe('2027-01-01')
})

test('the national holidays of 2026', () => {
  expect(nationalHolidays().filter((day) => day.startsWith('2026'))).toEqual([
    '2026-01-01',
    '2026-04-03',
    '2026-04-21',
    '2026-05-01',
    '2026-09-07',
    '2026-10-12',
    '2026-11-02',
    '2026-11-15',
    '2026-11-20',
    '2026-12-25',
  ])
})

// Gauss's rule for Easter; Good Friday is two days before.
function goodFriday(year: number): string {
  const a = year % 19
  const b = Math.floor(year / 100)
  const c = year % 100
  const h = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7
  const m = Math.floor((a + 11 * h + 22 * l) / 451)
  const month = Math.floor((h + l - 7 * m + 114) / 31)
  const day = ((h + l - 7 * m + 114) % 31) + 1
  return daysBefore(`${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`, 2)
}

test('every year of the calendar has its ten holidays, Good Friday among them', () => {
  for (let year = 2025; year <= 2035; year += 1) {
    const days = nationalHolidays().filter((day) => day.startsWith(`${year}`))
    expect(days).toHaveLength(10)
    expect(days).toContain(goodFriday(year))
  }
  expect(CALENDAR).toEqual({ from: '2025-01-01', until: '2035-12-31' })
})

test('a zone is one that the runtime knows', () => {
  expect(isZone('America/Manaus')).toBe(true)
  expect(isZone('Brasil/Capital')).toBe(false)
})

test('no name can pass for another scope', () => {
  const scopes = totalScopes(historyMoves(paymentInput({ person: 'a","b', caller: 'a' })))
  expect(new Set(Object.values(scopes)).size).toBe(4)
  expect(partyScope('1', '2","3')).not.toBe(JSON.stringify(['party', '1', '2', '3']))
  expect(rowsScope({ company: '1', person: 'u', entity: 'v' })).not.toBe(partyScope('1', 'u'))
})

test('the same bank data has one text, in whatever order it comes; a record without any has none', () => {
  expect(bankText({ id: '9', bank: { pix_key: 'a', account: null } })).toBe('{"account":null,"pix_key":"a"}')
  expect(bankText({ bank: { account: null, pix_key: 'a' } })).toBe('{"account":null,"pix_key":"a"}')
  expect(bankText({ id: '9' })).toBeNull()
})
