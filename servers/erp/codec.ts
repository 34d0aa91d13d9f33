import type { Codec } from '../../engine/contract/tool.ts'
import { fromBrazilianDate, fromTrytonDate, isoDate, toBrazilianDate, toTrytonDate } from './codec-date.ts'
import { moneyNumber, moneyText } from './codec-money.ts'
import {
  alphanumeric,
  documentKind,
  guid,
  integerText,
  likePattern,
  onlyDigits,
  personLetter,
  phoneArea,
  phoneLocal,
} from './codec-text.ts'
import { scalarText } from './exact-json.ts'

/** One way of writing a value, in both directions. Null: the value cannot be written, or is not known. */
interface Writing {
  encode(value: unknown): unknown
  decode(value: unknown): string | number | boolean | null
}

const WRITINGS: Readonly<Record<Codec, Writing>> = {
  text: { encode: scalarText, decode: scalarText },
  integer: { encode: (value) => rawNumber(integerText(value)), decode: integerText },
  decimal: { encode: (value) => rawNumber(moneyText(value)), decode: moneyNumber },
  decimal_abs: { encode: (value) => rawNumber(moneyText(value)), decode: positive },
  decimal_string: { encode: moneyText, decode: moneyNumber },
  tryton_decimal: {
    encode(value) {
      const decimal = moneyText(value)
      return decimal === null ? null : { __class__: 'Decimal', decimal }
    },
    decode: moneyNumber,
  },
  date_iso: { encode: isoDate, decode: isoDate },
  date_br: { encode: toBrazilianDate, decode: fromBrazilianDate },
  tryton_date: { encode: toTrytonDate, decode: fromTrytonDate },
  boolean: { encode: flag, decode: truth },
  not: { encode: inverted, decode: (value) => inverted(truth(value)) },
  sn: { encode: (value) => letter(flag(value)), decode: fromLetter },
  not_sn: { encode: (value) => letter(inverted(value)), decode: (value) => inverted(fromLetter(value)) },
  digits: { encode: onlyDigits, decode: onlyDigits },
  alnum: { encode: alphanumeric, decode: alphanumeric },
  guid: { encode: guid, decode: guid },
  like: { encode: likePattern, decode: scalarText },
  phone_area: { encode: phoneArea, decode: onlyDigits },
  phone_local: { encode: phoneLocal, decode: onlyDigits },
  document_kind: { encode: documentKind, decode: knownKind },
  person_letter: { encode: personLetter, decode: scalarText },
  tryton_document_kind: {
    encode: trytonKind,
    decode: (value) => knownKind(typeof value === 'string' ? value.replace(/^br_/, '') : value),
  },
}

/** A universal value in the ERP's language; null when it cannot be written so. */
export function encode(codec: Codec, value: unknown): unknown {
  return WRITINGS[codec].encode(value)
}

/** The ERP's value as the universal one; null when it is not there or not what the codec reads. */
export function decode(codec: Codec, value: unknown): string | number | boolean | null {
  return WRITINGS[codec].decode(value)
}

function rawNumber(text: string | null): unknown {
  return text === null ? null : JSON.rawJSON(text)
}

function flag(value: unknown): boolean | null {
  return typeof value === 'boolean' ? value : null
}

/** Tryton on SQLite answers 1 and 0 where its schema says boolean. */
function truth(value: unknown): boolean | null {
  return value === 1 ? true : value === 0 ? false : flag(value)
}

function inverted(value: unknown): boolean | null {
  return typeof value === 'boolean' ? !value : null
}

function positive(value: unknown): number | null {
  const amount = moneyNumber(value)
  return amount === null ? null : Math.abs(amount)
}

function letter(value: boolean | null): 'S' | 'N' | null {
  return value === null ? null : value ? 'S' : 'N'
}

function fromLetter(value: unknown): boolean | null {
  return value === 'S' || value === 's' ? true : value === 'N' || value === 'n' ? false : null
}

function knownKind(value: unknown): 'CPF' | 'CNPJ' | null {
  const text = scalarText(value)?.toUpperCase()
  return text === 'CPF' || text === 'CNPJ' ? text : null
}

/** A CNPJ with letters is written with an empty kind: python-stdnum 1.18 knows none (erps/tryton/README.md). */
function trytonKind(value: unknown): unknown {
  const kind = documentKind(value)
  if (kind === null) return null
  if (/[A-Z]/.test(alphanumeric(value) ?? '')) return JSON.rawJSON('null')
  return { CPF: 'br_cpf', CNPJ: 'br_cnpj' }[kind]
}
