import type { ApprovalChannel } from '../../engine/contract/approval-rules.ts'
import type { Severity } from '../../engine/contract/config-alerts.ts'
import type { Overlay } from '../../engine/contract/overlay.ts'
import type { NoticeSender } from '../ops/notice-sender.ts'
import { overlayNotice } from '../ops/overlay-notice.ts'
import type { State } from '../state/state.ts'
import type { InForce } from './in-force.ts'
import type { Log } from './log.ts'

export interface OverlayWarningsOptions {
  state: Pick<State, 'approvals'>
  policy: Pick<InForce, 'current'>
  send: NoticeSender
  zone: string
  log: Log
  now(): number
  onWarned(): void
}

/** Before the end of an overlay, in hours, and how grave that is. */
const WARNINGS: readonly { hours: number; severity: Severity }[] = [
  { hours: 24, severity: 'warning' },
  { hours: 1, severity: 'critical' },
]
const HOUR_MS = 3_600_000
const FIRST_MS = 2_000
const LONGEST_MS = 300_000

/** Says before an overlay ends that it does: in the log, and to whom `alerts.notifications` names. Once, of all replicas. */
export function warnOfEnds(options: OverlayWarningsOptions): {
  look(overlays: readonly Overlay[]): void
  stop(): void
} {
  const { state, policy, send, zone, log, now, onWarned } = options
  const seen = new Set<string>()
  const stopping = new AbortController()

  async function warn(overlay: Overlay, hours: number, severity: Severity): Promise<void> {
    if (!(await state.approvals.once(`overlay ${overlay.id} ${hours}`, overlay.until_ms))) return
    log.warn('overlay.ending', { overlay: overlay.id, until: new Date(overlay.until_ms).toISOString(), hours })
    onWarned()
    const active = policy.current()
    const notice = overlayNotice(overlay, active?.catalogue.erp.title ?? '', zone)
    const told = active?.config.alerts.notifications.filter((one) => one.severity.includes(severity)) ?? []
    for (const one of told) void tell(channelOf(one), overlay, () => send(channelOf(one), notice))
  }

  /** Until it has arrived, or there is nothing to warn of any more. */
  async function tell(channel: ApprovalChannel, { id, until_ms }: Overlay, bring: () => Promise<void>): Promise<void> {
    for (let pause = FIRST_MS; now() < until_ms && !stopping.signal.aborted; pause = Math.min(LONGEST_MS, 2 * pause)) {
      try {
        await bring()
        return log.info('overlay.told', { overlay: id, channel: channel.type })
      } catch (error) {
        const message = error instanceof Error ? error.message : 'not told'
        log.warn('overlay.not_told', { overlay: id, channel: channel.type, message })
        await paused(pause, stopping.signal)
      }
    }
  }

  return {
    look(overlays) {
      for (const overlay of overlays) {
        for (const { hours, severity } of WARNINGS) {
          const before = hours * HOUR_MS
          const name = `${overlay.id} ${hours}`
          // One that was made for less is not told of as soon as it begins.
          const due = overlay.until_ms - now() <= before && overlay.until_ms - overlay.from_ms > before
          if (!due || seen.has(name)) continue
          seen.add(name)
          warn(overlay, hours, severity).catch(() => seen.delete(name))
        }
      }
    },
    stop: () => stopping.abort(),
  }
}

type Notification = { type: 'email'; recipients: string[] } | { type: 'slack'; webhook: string }

function channelOf(one: Notification): ApprovalChannel {
  return one.type === 'email' ? { type: 'email', recipients: one.recipients } : { type: 'slack', webhook: one.webhook }
}

function paused(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms).unref()
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
