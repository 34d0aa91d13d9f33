import { afterEach, expect, test } from 'vitest'
import type { AlertFigures } from '../../../servers/ops/alert-figures.ts'
import type { NoticeText } from '../../../servers/ops/approval-notice.ts'
import { openState, type State } from '../../../servers/state/state.ts'
import { type AlertWatch, watchAlerts } from '../../../servers/wiring/alert-watch.ts'
import { policyServers } from '../../helpers/forge/policy-server.ts'
import { stateFolder } from '../../helpers/state/databases.ts'

const SLACK = { type: 'slack', webhook: 'secret:SLACK', severity: ['critical'] } as const
const FIGURES: AlertFigures = {
  ...{ total: 0, failed: 0, denied: 0, timed: 0, seconds: 0, hits: 0, whole: false, runs: {} },
  ...{ disk: null, rejected: false, expires_s: 1_000_000, approved_wait_s: 0 },
}

// Its policy raises nothing, ever.
const servers = policyServers()
let state: State
let watch: AlertWatch | null = null
afterEach(async () => {
  await watch?.stop()
  watch = null
  await state.stop()
})

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 50))
}

test('of what was raised before a restart nobody hears that it is over until a whole window was counted', async () => {
  let now = Date.parse('2026-11-25T13:00:00Z')
  state = await openState({ path: stateFolder(), erp: 'omie', now: () => now })
  const seen = [{ code: 'error_rate', severity: 'critical' as const, figure: '9%', for_s: 0 }]
  await state.alerts.step({ seen, mayResolve: true, notifications: [{ ...SLACK, severity: ['critical'] }] })
  await servers.put(1)
  const holder = await servers.start()
  const told: NoticeText[] = []
  let whole = false
  let judged = 0
  watch = watchAlerts({
    alerts: state.alerts,
    policy: holder.current,
    async figures() {
      judged += 1
      return { ...FIGURES, whole }
    },
    send: async (_, notice) => void told.push(notice),
    title: () => 'Omie',
    origin: () => 'https://console.example',
    zone: 'America/Sao_Paulo',
    metrics: { alertTold: () => undefined },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    now: () => {
      now += 5_000
      return now
    },
  })
  await until(() => judged > 2)
  expect(told.map(({ subject }) => subject)).toEqual(['[alcada] ALERTA CRÍTICO: taxa de erro (Omie)'])
  expect(watch.raised()).toEqual(['error_rate'])
  whole = true
  await until(() => told.length > 1)
  expect(told[1]?.subject).toBe('[alcada] Resolvido: taxa de erro (Omie)')
  expect(watch.raised()).toEqual([])
})
