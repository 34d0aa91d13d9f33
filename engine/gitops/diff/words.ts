import type { Outcome } from '../../contract/outcome.ts'

/** Centavos as a Brazilian reads them: `R$ 5.000,00`. */
export function reais(centavos: number): string {
  return REAIS.format(centavos / 100).replaceAll('\u00a0', ' ')
}

const REAIS = new Intl.NumberFormat('pt-BR', { style: 'currency', currency: 'BRL' })

/** Who the roles of a context are, in words. */
export function whoOf(roles: readonly string[]): string {
  if (roles.length === 0) return 'a token without roles'
  return roles.join(' and ')
}

/** What a policy answers, in words that end a sentence: `needs 1 approver (approver)`. */
export function answerOf(outcome: Outcome): string {
  switch (outcome.effect) {
    case 'allow':
      return 'is allowed'
    case 'deny':
      return `is refused (${outcome.codes.join(', ')})`
    case 'require_approval':
      return `needs ${consentOf(outcome)}`
  }
}

/** `1 approver (approver)`, `2 approvers (admin or approver)` */
export function consentOf({ count, roles }: { count: number; roles: readonly string[] }): string {
  return `${count} approver${count === 1 ? '' : 's'} (${roles.join(' or ')})`
}

/** What is no longer, or newly, hidden in a result. */
export function masksOf(base: readonly string[], head: readonly string[]): string {
  const shown = base.filter((pointer) => !head.includes(pointer))
  const hidden = head.filter((pointer) => !base.includes(pointer))
  const parts = [
    ...(shown.length > 0 ? [`now sees ${shown.join(', ')}`] : []),
    ...(hidden.length > 0 ? [`no longer sees ${hidden.join(', ')}`] : []),
  ]
  return parts.join(' and ')
}
