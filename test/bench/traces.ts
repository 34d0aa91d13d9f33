import { openTraces } from '../../servers/ops/traces.ts'
import { type Trace, UNTRACED } from '../../servers/request/trace.ts'
import { startTraceReceiver } from '../helpers/traces/receiver.ts'
import { type Figure, median } from './figures.ts'

const CALLS = 200
const ROUNDS = 9
const STEPS = ['authenticate', 'resolve', 'erp', 'decide', 'commit', 'erp', 'confirm'] as const

/** What one payment pays for being followed: its request, its call and seven steps, with a receiver that takes them. */
export async function traces(): Promise<Figure[]> {
  const without = await microseconds(UNTRACED, (work) => work())
  const receiver = await startTraceReceiver()
  const settings = { url: receiver.url, tokenFile: null, erp: 'omie', replica: '', version: '0.0.0' }
  const began = performance.now()
  const open = await openTraces(settings)
  const loaded = performance.now() - began
  try {
    const followed = await microseconds(open, (work) => open.root('request', undefined, work))
    return [
      {
        what: 'traces of one call, nine spans',
        ours: `${followed.toFixed(0)} us`,
        peer: `not followed ${without.toFixed(1)} us`,
        ratio: `${(followed - without).toFixed(0)} us more`,
      },
      { what: 'loading OpenTelemetry, once', ours: `${loaded.toFixed(0)} ms`, peer: 'not followed 0 ms', ratio: null },
    ]
  } finally {
    await open.stop()
    await receiver.close()
  }
}

type Root = (work: () => Promise<void>) => Promise<void>

async function microseconds(trace: Trace, root: Root): Promise<number> {
  const rounds: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const began = performance.now()
    for (let count = 0; count < CALLS; count += 1) {
      await root(() =>
        root(async () => {
          for (const step of STEPS)
            await trace.step(step, async (tell) => tell({ tool: 'create_payment', outcome: 'done' }))
        }),
      )
    }
    rounds.push(((performance.now() - began) * 1_000) / CALLS)
    // What waits is sent, as it would be between calls.
    await new Promise((resolve) => setTimeout(resolve, 1_100))
  }
  return median(rounds)
}
