import { ALERTS_FAILED } from '../../engine/contract/alert-runbook.ts'
import { type AlertsConfig, alertRules, isAlertName } from '../../engine/contract/config-alerts.ts'
import { type AlertFigures, readFigures, windowOf } from '../ops/alert-figures.ts'
import { measureOf } from '../ops/alert-measure.ts'
import type { ActivePolicy } from '../policy/status.ts'
import type { AlertRow, AlertSeen } from '../state/alert-words.ts'
import type { Alerts } from '../state/alerts.ts'
import { type AlertTellingOptions, tellAlerts } from './alert-telling.ts'

export interface AlertWatchOptions extends AlertTellingOptions {
  alerts: Alerts
  /** Null where no policy has been in force yet. One that has ended still says who is to hear that it has. */
  policy(): ActivePolicy | null
  /** What this process counts. */
  figures(active: ActivePolicy, windowS: number): Promise<AlertFigures>
}

export interface AlertWatch {
  /** Names of what is raised, as last seen. */
  raised(): readonly string[]
  /** Raised ones and those that were, newest first. */
  list(): Promise<AlertRow[]>
  stop(): Promise<void>
}

/** Between two looks at what is to be told, in milliseconds. */
const TICK_MS = 1_000
/** Between two judgements, in seconds: several in every window. */
const LONGEST_TURN_S = 15
const SHOWN = 100

/** Judges a window of what was counted again and again, by the policy in force, and tells whoever is to hear of it. */
export function watchAlerts(options: AlertWatchOptions): AlertWatch {
  const { alerts, log, now } = options
  let raised: readonly string[] = []
  let judgedMs = 0
  let working: Promise<void> | null = null

  async function judge(active: ActivePolicy): Promise<void> {
    const config = active.config.alerts
    const { window_s } = alertRules(config)
    if (now() - judgedMs < 1_000 * Math.min(LONGEST_TURN_S, Math.ceil(window_s / 5))) return
    judgedMs = now()
    const shared = await alerts.share(JSON.stringify(await options.figures(active, window_s)))
    if (shared.leads) {
      const replicas = readFigures(shared.figures)
      const window = windowOf(replicas, window_s)
      const seen = active.policy.alerts({ window }).map(({ code }): AlertSeen => {
        return { code, ...termsOf(code, config), figure: measureOf(code, window, config) }
      })
      // The placeholder of the governance document names nobody.
      const notifications = config.notifications.filter(
        (one) => one.type === 'email' || one.webhook.startsWith('secret:'),
      )
      const moved = await alerts.step({ seen, mayResolve: replicas.every((one) => one.whole), notifications })
      for (const { code, severity, figure } of moved.raised) log.warn('alert.raised', { alert: code, severity, figure })
      for (const { code, severity } of moved.resolved) log.info('alert.resolved', { alert: code, severity })
    }
    const rows = await alerts.list(SHOWN)
    raised = rows.filter(({ resolved_ms }) => resolved_ms === null).map(({ code }) => code)
  }

  async function turn(): Promise<void> {
    const active = options.policy()
    if (active !== null) await judge(active)
    await tellAlerts(options)
  }
  const timer = setInterval(() => {
    working ??= turn()
      .catch((error: unknown) => log.warn('alerts.unwatched', { message: String(error) }))
      .finally(() => {
        working = null
      })
  }, TICK_MS)
  return {
    raised: () => raised,
    list: () => alerts.list(SHOWN),
    async stop() {
      clearInterval(timer)
      await working
    },
  }
}

/** What cannot be judged, and what a policy raises by a name of its own, is critical and at once. */
function termsOf(code: string, config: AlertsConfig): Pick<AlertSeen, 'severity' | 'for_s'> {
  if (code === ALERTS_FAILED || !isAlertName(code)) return { severity: 'critical', for_s: 0 }
  const { severity, for_s } = alertRules(config)[code]
  return { severity, for_s }
}
