import type { CallTold, LineTold } from '../../engine/contract/approval-told.ts'
import { hiddenKinds } from '../../engine/contract/decision.ts'
import { argumentKind } from '../../engine/contract/ledger-token.ts'
import { maskValue } from '../../engine/contract/mask.ts'
import { centavosOf } from '../../engine/contract/money.ts'
import { moneyInWords } from '../../engine/contract/money-words.ts'
import { hidePersonal } from '../../engine/contract/personal/hide.ts'
import { isIdentifierName } from '../../engine/contract/personal/identifier-name.ts'
import { readPointer } from '../../engine/contract/pointer.ts'
import { parseToolName, type SensitiveKind } from '../../engine/contract/vocabulary.ts'
import type { ApprovalView } from '../request/approval-desk.ts'
import { ENTITY_WORDS, FIELD_WORDS, type Language, STATE_WORDS, VERB_WORDS } from './approval-dictionary.ts'

/** `Criar pagamento: R$ 1.234,56`: what may be said of a request without opening it. */
export function titleOf({ request }: Pick<ApprovalView, 'request'>, language: Language): string {
  const { tool, facts } = request
  const amount = facts.amount === null ? '' : `: ${moneyInWords(facts.amount, facts.currency)}`
  return `${actOf(tool, language)}${amount}`
}

/** `Criar pagamento`; a tool of an upstream server keeps its own name. */
export function actOf(tool: string, language: Language): string {
  const name = parseToolName(tool)
  if (name === null) return tool
  const verb = VERB_WORDS[language][name.modifier ?? ''] ?? VERB_WORDS[language][name.verb] ?? name.verb
  return `${verb} ${ENTITY_WORDS[language][name.entity] ?? name.entity}`
}

/** The whole of it; null where what was asked for is kept no more. */
export function callInWords(view: ApprovalView, language: Language): CallTold | null {
  const { call, tool } = view
  if (call === null) return null
  const native = tool === null ? '' : (tool.native.call ?? `${tool.native.method ?? ''} ${tool.native.path}`.trim())
  const records = Object.entries(call.resolved).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((record: unknown) => ({
      title: word(name, language),
      lines: linesOf(record, undefined, view, language),
    })),
  )
  return {
    title: titleOf(view, language),
    native,
    lines: linesOf(call.args, call.before ?? undefined, view, language),
    records,
  }
}

/**
 * Every value of a record, each with what stands at the same place in `before`. Personal values are masked as in a
 * tool's result; that one changes is said of what they are, and not of what is left of them.
 */
function linesOf(
  record: unknown,
  before: unknown,
  { clear }: Pick<ApprovalView, 'clear'>,
  language: Language,
): LineTold[] {
  return leavesOf(record, '').map(({ pointer, value }) => {
    const names = pointer.split('/').filter((token) => token !== '')
    const name = names.at(-1) ?? ''
    const kind = kindOf(names)
    const say = (one: unknown): string => shown(name, seenAs(name, kind, one, clear), language)
    const old = before === undefined ? undefined : readPointer(before, pointer)
    const label = names.map((token) => word(token, language)).join(' › ')
    const told = { label, value: say(value), before: null, changed: false }
    if (old === undefined) return told
    return { ...told, before: say(old), changed: shown(name, old, language) !== shown(name, value, language) }
  })
}

/** A value as this person may see it; in texts and names what stands of other kinds is hidden too. */
function seenAs(name: string, kind: SensitiveKind | null, value: unknown, clear: readonly SensitiveKind[]): unknown {
  if (kind !== null && !clear.includes(kind)) return maskValue(kind, value)
  if (typeof value !== 'string' || (kind !== null && kind !== 'name' && kind !== 'address')) return value
  const hidden = hiddenKinds({ clear: [...clear] })
  return hidePersonal(value, hidden, { name, identifier: isIdentifierName(name) }).text
}

/** The vendor's name under `vendor_name` is one too. */
function kindOf(names: readonly string[]): SensitiveKind | null {
  for (const name of names) {
    const kind = argumentKind(name) ?? argumentKind(name.replace(/^(vendor|customer)_/, ''))
    if (kind !== null) return kind
  }
  return null
}

function leavesOf(value: unknown, pointer: string): { pointer: string; value: unknown }[] {
  if (typeof value !== 'object' || value === null) return value === null ? [] : [{ pointer, value }]
  return Object.entries(value).flatMap(([key, inner]) =>
    leavesOf(inner, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`),
  )
}

const MONEY = new Set(['amount', 'open_amount', 'paid_amount', 'interest', 'fine', 'discount'])

function shown(name: string, value: unknown, language: Language): string {
  if (value === null) return language === 'pt' ? 'vazio' : 'empty'
  if (typeof value === 'boolean') return language === 'pt' ? (value ? 'sim' : 'não') : value ? 'yes' : 'no'
  const centavos = typeof value === 'number' && MONEY.has(name) ? centavosOf(value) : null
  if (centavos !== null) return moneyInWords(centavos, 'BRL')
  const text = String(value)
  const states = STATE_WORDS[language]
  if (name === 'status' && Object.hasOwn(states, text)) return states[text] ?? text
  const date = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  return date !== null && language === 'pt' ? `${date[3]}/${date[2]}/${date[1]}` : text
}

function word(token: string, language: Language): string {
  const known = FIELD_WORDS[language]
  if (Object.hasOwn(known, token)) return known[token] ?? token
  return /^\d+$/.test(token) ? String(Number(token) + 1) : token.replaceAll('_', ' ')
}
