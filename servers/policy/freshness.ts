import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sha256 } from '../../engine/contract/canonical.ts'
import { replaceDurably } from './durable-file.ts'

/** When it was last known that the bundle in force is the newest of its channel. Kept over restarts: they buy no time. */
export interface Freshness {
  /** Epoch milliseconds; 0: never. */
  confirmedMs(): number
  confirm(): Promise<void>
}

/** Between two times that are written down, in milliseconds. */
const KEEP_MS = 60_000

export async function openFreshness(stateDir: string, channel: string, now: () => number): Promise<Freshness> {
  const file = join(stateDir, 'policy', `${sha256(channel).slice(0, 16)}.confirmed`)
  const known = Number(await readFile(file, 'utf8').catch(() => '0'))
  // A time to come would be a budget without an end.
  let confirmed = Number.isSafeInteger(known) && known <= now() ? known : 0
  let kept = confirmed
  return {
    confirmedMs: () => confirmed,
    async confirm() {
      confirmed = now()
      if (confirmed - kept < KEEP_MS) return
      kept = confirmed
      // What cannot be kept is asked of the channel again after a restart.
      await replaceDurably(file, String(confirmed)).catch(() => undefined)
    },
  }
}
