import { watchFiles } from '../credentials/watch.ts'
import type { State } from '../state/state.ts'
import type { Failure } from './credentials-opener.ts'
import type { Log } from './log.ts'

export interface LiveCheckpointKey {
  /** Why the key in the file is not used; the one before it signs on. */
  lastError(): Failure | null
  stop(): void
}

/** Follows the file of the key that signs checkpoints: another one signs without a restart. */
export async function liveCheckpointKey(
  file: string,
  state: Pick<State, 'renewCheckpointKey'>,
  now: () => number,
  log: Log,
): Promise<LiveCheckpointKey> {
  let lastError: Failure | null = null
  const changed = async (): Promise<void> => {
    try {
      const key = await state.renewCheckpointKey()
      lastError = null
      if (key !== null) log.info('checkpoint_key.renewed', { key })
    } catch (error) {
      const message = error instanceof Error ? error.message : 'the key of checkpoints cannot be read'
      if (lastError?.message === message) return
      lastError = { code: 'CHECKPOINT_KEY_UNUSABLE', message, at: new Date(now()).toISOString() }
      log.warn('checkpoint_key.refused', { message })
    }
  }
  return { lastError: () => lastError, stop: await watchFiles([file], changed, { mustTry: () => lastError !== null }) }
}
