import type { Decision } from '../contract/decision.ts'
import { printable } from './printable.ts'

/** What a report says of an explanation; engine/gitops makes it. */
export interface ExplainReport {
  erp: string
  entry: string | null
  /** ISO 8601; null: of an input that nobody decided on yet. */
  at: string | null
  /** What explains it: a bundle, or the sources as they stand here. */
  sources: { from: 'bundle' | 'tree'; words: string }
  origin: {
    revision: number
    commit: string | null
    pull_request: number | null
    author: string | null
    approvers: string[]
    development: boolean
  } | null
  /** As it was decided; null: it was not. */
  recorded: Decision | null
  decision: Decision
  /** The recorded decision is the one that is explained. */
  same: boolean
  reasons: { code: string; message: string; rule: Rule | null; because: Because[] }[]
  approval: Because[]
  allowed: Because[]
  passed: string[]
  masked: string[]
}

interface Rule {
  name: string
  file: string
  line: number
  /** Who last changed the line; null: git does not say. */
  changed: { commit: string; author: string; at: string; subject: string } | null
}

/** One definition of a rule, and why it did or did not hold. */
export interface Because {
  rule: string
  file: string
  line: number
  held: boolean
  /** The condition that did not hold; null where all did. */
  condition: { line: number; text: string; values: { at: string; value: unknown }[] } | null
  /** The rules that the condition rests on, and why those did not hold (or, of a `not`, did). */
  because: Because[]
}

/** For people: what was decided, by whose policy, and for each reason the rule and the condition that it came down to. */
export function explainText(report: ExplainReport): string {
  const { erp, entry, at, decision, recorded, same, reasons, approval, allowed, passed, masked } = report
  const what = entry === null ? `this input on ${erp}` : `${entry}, ${at}`
  const lines = [
    `${what}: ${outcomeWords(decision)}`,
    `  ${report.sources.words}`,
    ...originLines(report.origin),
    ...(same || recorded === null
      ? []
      : [`  decided otherwise then: ${outcomeWords(recorded)}; so this explains these sources, and not that decision`]),
    ...reasons.flatMap(({ code, message, rule, because }) => [
      `${code}: ${message}`,
      ...(rule === null ? ['  given by the decision itself'] : ruleLines(rule)),
      ...because.flatMap((one) => becauseLines(one, 1)),
    ]),
    ...(approval.length === 0 ? [] : ['consent is missing', ...approval.flatMap((one) => becauseLines(one, 1))]),
    ...(allowed.length === 0
      ? []
      : ['nothing refuses it, and every consent is there', ...allowed.flatMap((one) => becauseLines(one, 1))]),
    ...(decision.granted_by === undefined ? [] : [grantWords(decision)]),
    ...(passed.length === 0 ? [] : [`did not refuse: ${passed.join(', ')}`]),
    ...(masked.length === 0 ? [] : [`the ledger holds a token in place of ${masked.join(', ')}`]),
  ]
  return `${lines.map(printable).join('\n')}\n`
}

function originLines(origin: ExplainReport['origin']): string[] {
  if (origin === null) return []
  const { revision, commit, pull_request, author, approvers, development } = origin
  const merged =
    pull_request === null
      ? development
        ? 'a development build: no pull request is claimed'
        : 'no pull request is claimed'
      : `merged in pull request ${pull_request} by ${author ?? 'nobody named'}, approved by ${approvers.join(', ') || 'nobody named'}`
  const at = commit === null ? 'no commit is claimed' : `commit ${commit}`
  return [`  revision ${revision}, ${at}; ${merged}`]
}

function ruleLines({ name, file, line, changed }: Rule): string[] {
  const who =
    changed === null
      ? ''
      : `, last changed by ${changed.author} on ${changed.at.slice(0, 10)} in ${changed.commit.slice(0, 12)}: ${changed.subject}`
  return [`  ${file}:${line} (${name})${who}`]
}

function becauseLines({ rule, file, line, held, condition, because }: Because, depth: number): string[] {
  const indent = '  '.repeat(depth)
  if (condition === null) return [`${indent}${held ? 'holds' : 'does not hold'}: ${rule}  ${file}:${line}`]
  const values = condition.values.map(({ at, value }) => `${at} is ${JSON.stringify(value)}`)
  return [
    `${indent}does not hold: ${rule}  ${file}:${condition.line}`,
    `${indent}  ${condition.text}`,
    ...values.map((text) => `${indent}    ${text}`),
    ...because.flatMap((one) => becauseLines(one, depth + 1)),
  ]
}

function grantWords({ permission, granted_by = [] }: Decision): string {
  return granted_by.length === 0
    ? `no role grants ${permission}`
    : `${permission} is granted by ${granted_by.join(', ')}`
}

function outcomeWords({ effect, reasons, approval }: Decision): string {
  if (effect === 'deny') return `refused (${reasons.map(({ code }) => code).join(', ')})`
  if (effect === 'allow') return 'allowed'
  const { count = 0, roles = [] } = approval ?? {}
  return `waits for ${count} approval${count === 1 ? '' : 's'} by ${roles.join(' or ')}`
}
