import type { Overlay, Stops } from '../../engine/contract/overlay.ts'
import { shownName } from '../../engine/contract/personal/shown-name.ts'
import type { NoticeText } from './approval-notice.ts'

/** What is told before an emergency stop ends: what then runs again, unless a pull request has made it permanent. */
export function overlayNotice({ id, stops, until_ms, reason, by }: Overlay, erp: string, zone: string): NoticeText {
  const until = new Intl.DateTimeFormat('pt-BR', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' }).format(
    until_ms,
  )
  const lines = [
    `A parada de emergência ${id} termina em ${until} (${erp}). Depois disso volta a valer só a política.`,
    `Emergency stop ${id} ends at ${new Date(until_ms).toISOString()}. From then on the policy alone decides.`,
    `Para / stops: ${stopsInWords(stops)}`,
    `Motivo / reason: ${reason}`,
    `Por / by: ${shownName(by)}`,
    'Para torná-la permanente, abra um pull request / to make it permanent, open a pull request',
  ]
  return { subject: `[alcada] Parada de emergência termina em ${until} (${erp})`, text: `${lines.join('\n')}\n` }
}

/** What each list of an overlay names, one of it. */
export type StopNames = Readonly<Record<keyof Stops, string>>

const NAMES: StopNames = {
  callers: 'caller',
  persons: 'person',
  tools: 'tool',
  roles: 'role',
  effects: 'effect',
  companies: 'company',
  all: 'all',
}

/** `tool create_payment, role operator`. */
export function stopsInWords({ all, ...lists }: Stops, names: StopNames = NAMES): string {
  const one = (kind: keyof typeof lists): string[] =>
    lists[kind].map((name) => `${names[kind]} ${kind === 'companies' ? name : shownName(name)}`)
  const words = [
    ...one('callers'),
    ...one('persons'),
    ...one('tools'),
    ...one('roles'),
    ...one('effects'),
    ...one('companies'),
  ]
  return [...(all ? [names.all] : []), ...words].join(', ')
}
