import type { RecordMap } from '../../contract/tool.ts'
import { RECORDS } from '../../contract/universal/record.ts'
import { suggest } from '../nearest.ts'
import { pointerOf, type Reporter } from '../place.ts'

/** The universal records a record map becomes. */
export function universalNames(name: string, map: RecordMap): string[] {
  if (map.record === undefined) return [name]
  return typeof map.record === 'string' ? [map.record] : map.record
}

/** Every field exists in the universal record, and every personal one is marked with its kind. */
export function checkRecords(records: Record<string, RecordMap>, report: Reporter): void {
  for (const [name, map] of Object.entries(records)) {
    const base = pointerOf('records', name)
    for (const universal of universalNames(name, map)) {
      if (Object.hasOwn(RECORDS, universal)) checkFields(base, map, universal, report)
      else unknownRecord(base, map, universal, report)
    }
  }
}

function unknownRecord(base: string, map: RecordMap, name: string, report: Reporter): void {
  const fault = {
    code: 'RECORD_UNKNOWN',
    message: `record \`${name}\` is not in the universal vocabulary`,
    help: suggest(name, Object.keys(RECORDS), 'record'),
  }
  if (map.record === undefined) report.atKey(base, fault)
  else report.at(`${base}/record`, fault)
}

function checkFields(base: string, map: RecordMap, name: string, report: Reporter): void {
  const record = RECORDS[name] ?? {}
  for (const pointer of Object.keys(map.fields)) {
    const field = record[pointer]
    const at = `${base}/fields${pointerOf(pointer)}`
    if (field === undefined) {
      const help = suggest(pointer, Object.keys(record), 'field')
      report.atKey(at, { code: 'FIELD_UNKNOWN', message: `field \`${pointer}\` is not in record \`${name}\``, help })
    } else if (field.sensitive !== undefined && map.sensitive[pointer] === undefined) {
      const help = `add \`${pointer}: ${field.sensitive}\` under \`sensitive\``
      report.atKey(at, {
        code: 'SENSITIVE_UNMARKED',
        message: `field \`${pointer}\` holds personal data and is not marked`,
        help,
      })
    }
  }
  for (const [pointer, kind] of Object.entries(map.sensitive)) {
    const at = `${base}/sensitive${pointerOf(pointer)}`
    const wanted = record[pointer]?.sensitive
    if (map.fields[pointer] === undefined) {
      const help = suggest(pointer, Object.keys(map.fields), 'field')
      report.atKey(at, { code: 'SENSITIVE_UNMAPPED', message: `field \`${pointer}\` is marked, but not mapped`, help })
    } else if (wanted !== undefined && wanted !== kind) {
      const message = `expected kind \`${wanted}\` for \`${pointer}\`, got \`${kind}\``
      report.at(at, { code: 'SENSITIVE_KIND', message, help: 'a kind decides who sees it: use the vocabulary’s' })
    }
  }
}
