import type { AlertNotice, AlertRow, AlertStep, AlertsMoved } from './alert-words.ts'
import type { Store } from './store.ts'

/** Alerts across restarts and replicas. Everything throws LedgerError when the state cannot be used. */
export interface Alerts {
  /** Puts down what this process counted. @returns what all have counted, and whether this one judges for them */
  share(figures: string): Promise<{ leads: boolean; figures: string[] }>
  /** Brings the alerts to what holds now; does nothing where another process judges. */
  step(step: Omit<AlertStep, 'at_ms'>): Promise<AlertsMoved>
  /** Raised ones and those that were, newest first. */
  list(limit: number): Promise<AlertRow[]>
  /** Takes due notices for so many milliseconds. */
  claim(leaseMs: number): Promise<AlertNotice[]>
  /** Told (`at`), to be tried again (`next`), or neither. */
  told(id: string, end: { at: number } | { next: number } | null): Promise<void>
}

export function alertsOver(store: Pick<Store, 'ask'>, now: () => number): Alerts {
  return {
    share: (figures) => store.ask('shareFigures', { figures }),
    step: (step) => store.ask('stepAlerts', { ...step, at_ms: now() }),
    list: (limit) => store.ask('listAlerts', { limit }),
    async claim(lease_ms) {
      const at_ms = now()
      const due = await store.ask('dueAlertNotices', { at_ms })
      return due ? store.ask('claimAlertNotices', { at_ms, lease_ms, limit: 20 }) : []
    },
    async told(id, end) {
      const sent_ms = end !== null && 'at' in end ? end.at : null
      const next_ms = end !== null && 'next' in end ? end.next : null
      await store.ask('endAlertNotice', { id, sent_ms, next_ms })
    },
  }
}
