import { callWindow } from '../../servers/ops/call-window.ts'
import { createMetrics, type Metrics } from '../../servers/ops/metrics.ts'
import type { CallEvent } from '../../servers/request/call.ts'
import { type Figure, median } from './figures.ts'

const CALLS = 20_000
const ROUNDS = 15

const CALL: CallEvent = {
  request: '6f1f6ad4-1c9e-4c0b-a4b2-2f6d0a4e8b11',
  entry: 'omie-000000001',
  tool: 'get_vendors_list',
  caller: 'agent-1',
  person: 'u17',
  revision: 7,
  outcome: 'done',
  code: null,
  decision: 'allow',
  reasons: '',
  masked: 3,
  took_ms: 12,
}

/** What one call pays for being counted: for Prometheus and the alerts, with its ERP exchange and both ledger writes. */
export async function metrics(): Promise<Figure[]> {
  const counted = countedHere()
  const window = callWindow(Date.now)
  let heard = 0
  const without = microseconds(() => {
    heard += CALL.took_ms
  })
  const withThem = microseconds(() => {
    heard += CALL.took_ms
    counted.call(CALL)
    window.call(CALL)
    counted.erpCalled('done', 0.01)
    counted.ledgerWritten('open', 0.001)
    counted.ledgerWritten('close', 0.001)
  })
  const began = performance.now()
  const text = await counted.text()
  const scrape = performance.now() - began
  return [
    {
      what: 'metrics and alert window of one call',
      ours: `${withThem.toFixed(2)} us`,
      peer: `not counted ${without.toFixed(3)} us`,
      ratio: `${(withThem - without).toFixed(2)} us more${heard > 0 ? '' : ' (nothing)'}`,
    },
    { what: `one scrape, ${text.split('\n').length} lines`, ours: `${scrape.toFixed(1)} ms`, peer: null, ratio: null },
  ]
}

/** What a server counts with, of which nothing else is running. */
export function countedHere(): Metrics {
  return createMetrics('omie', '0.0.0', {
    connections: () => 0,
    failuresInARow: () => 0,
    policy: () => ({ revision: 7, created: 0, expires: 0, rejected: false }),
    approvals: () => ({ pending: 0, approved: 0 }),
    approvedWaitS: () => 0,
    responseTimeS: () => 0,
    refusedTools: () => 0,
    openCircuits: () => 0,
    endedGrants: () => 0,
    ledgerWritable: () => true,
    diskUsed: async () => 0,
    isTool: () => true,
    alerts: () => [],
    now: Date.now,
  })
}

function microseconds(call: () => void): number {
  const rounds = Array.from({ length: ROUNDS }, () => {
    const began = performance.now()
    for (let count = 0; count < CALLS; count += 1) call()
    return ((performance.now() - began) * 1_000) / CALLS
  })
  return median(rounds)
}
