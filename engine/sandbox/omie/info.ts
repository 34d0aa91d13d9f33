import { dayInBrasilia, isRow, type Row } from '../row.ts'
import { brazilianDay, isoDay } from './date.ts'

/** Who and when, as Omie notes it on a new record made by the API. */
export function createdInfo(now: number): Row {
  const [day, hour] = stamp(now)
  return { dInc: day, hInc: hour, uInc: 'WEBSERVICE', dAlt: day, hAlt: hour, uAlt: 'WEBSERVICE', cImpAPI: 'S' }
}

export function changedInfo(row: Row, now: number): Row {
  const [day, hour] = stamp(now)
  return { ...infoOf(row), dAlt: day, hAlt: hour, uAlt: 'WEBSERVICE' }
}

/**
 * `filtrar_por_data_de/ate` and its two flags: they look at the day of inclusion or of alteration, never at the due
 * date.
 */
export function withinInfoDates(row: Row, param: Row): boolean {
  const from = isoDay(String(param['filtrar_por_data_de'] ?? ''))
  const to = isoDay(String(param['filtrar_por_data_ate'] ?? ''))
  if (from === undefined && to === undefined) return true
  const info = infoOf(row)
  const within = (value: unknown): boolean => {
    const day = isoDay(String(value ?? ''))
    return day !== undefined && day >= (from ?? day) && day <= (to ?? day)
  }
  if (param['filtrar_apenas_inclusao'] === 'S') return within(info['dInc'])
  if (param['filtrar_apenas_alteracao'] === 'S') return within(info['dAlt'])
  return within(info['dInc']) || within(info['dAlt'])
}

function infoOf(row: Row): Row {
  return isRow(row['info']) ? row['info'] : {}
}

function stamp(now: number): [string, string] {
  const clock = new Date(now - 3 * 3_600_000).toISOString().slice(11, 19)
  return [brazilianDay(dayInBrasilia(now)), clock]
}
