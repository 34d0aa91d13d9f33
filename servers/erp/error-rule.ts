import type { IncomingMessage } from 'node:http'
import type { ErrorRule } from '../../engine/contract/erp.ts'
import { readPointer } from '../../engine/contract/pointer.ts'
import { scalarText } from './exact-json.ts'
import { type ErpError, ErpFailure } from './outcome.ts'

/** An answer as the rules look at it. */
export interface JudgedAnswer {
  status: number
  headers: IncomingMessage['headers']
  /** Undefined when it is no JSON. */
  document: unknown
  text: string
}

// Long enough for every error an ERP sends, short enough that no pattern takes long on it.
const MAX_TEXT = 16_384
const MAX_MESSAGE = 300
const MAX_RETRY_S = 86_400

/** What each kind is called where the ERP's own words are not declared. */
const MESSAGES: Readonly<Record<ErrorRule['kind'], string>> = {
  auth: 'the ERP refused the credential',
  forbidden: 'the ERP does not allow this to its user',
  validation: 'the ERP refused the data',
  not_found: 'the ERP has no such record',
  empty: 'the ERP has no records for this',
  conflict: 'the ERP says that it exists already',
  rate_limited: 'the ERP asks to call less often',
  busy: 'the ERP is busy with an earlier request',
  blocked: 'the ERP has blocked these calls for a while',
  server: 'the ERP failed',
}

/** Null: no error. The ERP's own words go through `hide` before they are clipped. */
export type ErrorJudge = (answer: JudgedAnswer, hide: (text: string) => string) => ErpFailure | null

/** Judges answers by the ERP's rules, in their order; patterns are compiled once. */
export function errorJudge(rules: readonly ErrorRule[]): ErrorJudge {
  const compiled = rules.map((rule) => ({
    rule,
    matches: rule.matches === undefined ? null : new RegExp(rule.matches, 'i'),
    wait: waitOf(rule.retryAfter),
  }))
  return (answer, hide) => {
    const met = compiled.find(({ rule, matches }) => applies(rule, matches, answer))
    if (met !== undefined) return failureOf(met.rule, met.wait(answer), answer, hide)
    if (answer.status < 400) return null
    // Of a refusal in the 4xx class nothing was done (RFC 9110, 15.5), but of a time-out nobody knows.
    const notDone = answer.status < 500 && answer.status !== 408
    return new ErpFailure({ kind: 'server', message: `${MESSAGES.server} (HTTP ${answer.status})` }, notDone)
  }
}

function applies(rule: ErrorRule, matches: RegExp | null, answer: JudgedAnswer): boolean {
  if (rule.status !== undefined && !rule.status.includes(answer.status)) return false
  if (rule.pointer === undefined) return matches === null || matches.test(answer.text.slice(0, MAX_TEXT))
  const value = readPointer(answer.document, rule.pointer)
  if (value === undefined || value === null) return false
  if (rule.equals !== undefined && rule.equals !== value) return false
  return matches === null || matches.test(textAt(value).slice(0, MAX_TEXT))
}

function failureOf(
  rule: ErrorRule,
  retryAfterS: number | null,
  answer: JudgedAnswer,
  hide: (text: string) => string,
): ErpFailure {
  const words = rule.message === undefined ? null : clipped(hide(textAt(readPointer(answer.document, rule.message))))
  const error: ErpError = { kind: rule.kind, message: words ?? MESSAGES[rule.kind] }
  if (words !== null) error.fromErp = true
  if (retryAfterS !== null) error.retryAfterS = retryAfterS
  if (rule.waits !== undefined) error.waits = rule.waits
  return new ErpFailure(error, rule.notDone ?? rule.kind !== 'server')
}

function waitOf(rule: ErrorRule['retryAfter']): (answer: JudgedAnswer) => number | null {
  if (rule === undefined) return () => null
  const { otherwise = null } = rule
  if ('header' in rule) {
    return ({ headers }) => headerSeconds(headers[rule.header.toLowerCase()], headers.date) ?? otherwise
  }
  const regex = new RegExp(rule.regex, 'i')
  return ({ document }) => {
    const found = regex.exec(textAt(readPointer(document, rule.pointer)).slice(0, MAX_TEXT))?.[1]
    return seconds(Number(found ?? Number.NaN)) ?? otherwise
  }
}

/** Seconds, or a date as HTTP writes it (RFC 9110, 10.2.3), reckoned from the answer's own date. */
export function headerSeconds(value: string | string[] | undefined, date: string | undefined): number | null {
  if (typeof value !== 'string') return null
  if (/^[0-9]+$/.test(value)) return seconds(Number(value))
  return seconds((Date.parse(value) - Date.parse(date ?? '')) / 1000)
}

function seconds(value: number): number | null {
  return Number.isFinite(value) ? Math.min(Math.max(0, Math.ceil(value)), MAX_RETRY_S) : null
}

function textAt(value: unknown): string {
  return scalarText(value) ?? (typeof value === 'object' && value !== null ? JSON.stringify(value) : '')
}

/** One line, at most 300 characters. */
export function clipped(value: unknown): string | null {
  const text = scalarText(value)
    ?.slice(0, MAX_TEXT)
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
  if (!text) return null
  return text.length <= MAX_MESSAGE ? text : `${text.slice(0, MAX_MESSAGE - 1).toWellFormed()}…`
}
