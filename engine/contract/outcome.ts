import type { Decision } from './decision.ts'

/** What a server with a policy would do with a call, as two policies are compared by. */
export type Outcome =
  | { effect: 'allow'; masks: string[] }
  | { effect: 'require_approval'; count: number; roles: string[]; masks: string[] }
  | { effect: 'deny'; codes: string[] }

export function outcomeOf({ effect, reasons, approval, mask }: Decision): Outcome {
  const masks = mask.map(({ pointer }) => pointer).sort()
  if (effect === 'deny') return { effect, codes: reasons.map(({ code }) => code).sort() }
  if (effect === 'allow') return { effect, masks }
  return { effect, count: approval?.count ?? 0, roles: [...(approval?.roles ?? [])].sort(), masks }
}
