import { shareFigures } from './alert-lead.ts'
import { claimAlertNotices, dueAlertNotices, endAlertNotice, listAlerts } from './alert-notices.ts'
import { stepAlerts } from './alert-step.ts'
import type { AlertNotice, AlertRow, AlertStep, AlertsMoved } from './alert-words.ts'
import type { Here, Steps } from './sql.ts'

export interface AlertOperations {
  shareFigures(own: { figures: string }): { leads: boolean; figures: string[] }
  stepAlerts(step: AlertStep): AlertsMoved
  listAlerts(most: { limit: number }): AlertRow[]
  dueAlertNotices(now: { at_ms: number }): boolean
  claimAlertNotices(claim: { at_ms: number; lease_ms: number; limit: number }): AlertNotice[]
  endAlertNotice(end: { id: string; sent_ms: number | null; next_ms: number | null }): null
}

type Table = {
  [Name in keyof AlertOperations]: (
    here: Here,
    input: Parameters<AlertOperations[Name]>[0],
  ) => Steps<ReturnType<AlertOperations[Name]>>
}

export const alertOperations: Table = {
  shareFigures,
  stepAlerts,
  listAlerts,
  dueAlertNotices,
  claimAlertNotices,
  endAlertNotice,
}

export const ALERT_READS: readonly (keyof AlertOperations)[] = ['listAlerts', 'dueAlertNotices']
