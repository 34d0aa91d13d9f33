import { SENSITIVE_KINDS, type SensitiveKind } from '../vocabulary.ts'
import { hidePersonal } from './hide.ts'

// An e-mail address is what many companies call their people by: without it nobody could tell who asks.
const HIDDEN: ReadonlySet<SensitiveKind> = new Set(SENSITIVE_KINDS.filter((kind) => kind !== 'email'))

/** What an agent or a person is called on pages: a CPF or a telephone number that a token names somebody by is hidden. */
export function shownName(id: string): string {
  return hidePersonal(id, HIDDEN).text
}
