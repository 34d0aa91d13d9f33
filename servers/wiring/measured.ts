import type { ErpClient } from '../erp/client.ts'
import type { ActivePolicy } from '../policy/status.ts'
import type { State } from '../state/state.ts'
import type { Metering } from './metering.ts'

/** What an ERP answers when there was too much. */
const LIMITED: ReadonlySet<string> = new Set(['rate_limited', 'blocked'])

/** The ERP's client, with every exchange counted and timed. */
export function measuredErp(
  clients: { of(active: ActivePolicy): Pick<ErpClient, 'call'> },
  { metrics }: Pick<Metering, 'metrics'>,
): (active: ActivePolicy) => Pick<ErpClient, 'call'> {
  return (active) => {
    const client = clients.of(active)
    return {
      async call(call) {
        const began = performance.now()
        const outcome = await client.call(call)
        const kind = outcome.kind === 'done' ? 'done' : outcome.error.kind
        metrics.erpCalled(kind, (performance.now() - began) / 1_000)
        // What was turned away before it reached the ERP is counted where that happened.
        if (outcome.kind !== 'done' && outcome.error.fromErp === true && LIMITED.has(kind)) {
          metrics.limitHit('erp', 'answered')
        }
        return outcome
      },
    }
  }
}

/** The state, with the time that its ledger takes until a write is durable. */
export function measuredState<Part extends Pick<State, 'open' | 'close' | 'record'>>(
  state: Part,
  { metrics }: Pick<Metering, 'metrics'>,
): Part {
  async function timed<Value>(operation: 'open' | 'close' | 'record', write: () => Promise<Value>): Promise<Value> {
    const began = performance.now()
    try {
      return await write()
    } finally {
      metrics.ledgerWritten(operation, (performance.now() - began) / 1_000)
    }
  }
  return {
    ...state,
    open: (entry) => timed('open', () => state.open(entry)),
    close: (entry, outcome) => timed('close', () => state.close(entry, outcome)),
    record: (entry) => timed('record', () => state.record(entry)),
  }
}
