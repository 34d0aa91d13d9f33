import type { CheckpointKey } from '../../engine/contract/checkpoint.ts'
import { type CheckpointSigner, keepFormer, readSigner } from './checkpoint-key.ts'
import type { Checkpoints } from './checkpoints.ts'
import type { RecordedEntry } from './state.ts'
import type { Store } from './store.ts'

export interface CheckpointRenewalOptions {
  /** The state folder. */
  path: string
  /** The file that the key was given in; null: one of the server's own in the state folder. */
  given: string | null
  signer: CheckpointSigner
  checkpoints: Pick<Checkpoints, 'renew'>
  record(entry: RecordedEntry): Promise<string>
}

/**
 * Looks whether another key stands in the file. It is written into the chain first, and the key before it signs that:
 * so whoever trusts the one can tell where the other came from.
 * @returns reads again: gives the id of the new key, null where it is the same. Throws Error and goes on with the key it
 *   has where the file holds none, or where the chain cannot be written
 */
export function checkpointRenewal(options: CheckpointRenewalOptions): () => Promise<string | null> {
  const { path, given, signer, checkpoints, record } = options
  let { key } = signer
  return async () => {
    const next = readSigner(path, given)
    if (next.key.jwk.x === key.jwk.x && next.key.id === key.id) return null
    await record(keyEntry(next.key, key.id))
    if (given === null) keepFormer(path, key)
    await checkpoints.renew(next)
    key = next.key
    return key.id
  }
}

/** Writes down at the start that the chain goes on with another key than it had: nobody watched when it was replaced. */
export async function tellOtherKey({
  store,
  signer,
  record,
}: Pick<CheckpointRenewalOptions, 'signer' | 'record'> & { store: Store }): Promise<void> {
  const before = await store.ask('lastCheckpointKey', null)
  if (before !== null && before !== signer.key.id) await record(keyEntry(signer.key, before))
}

function keyEntry({ id, jwk }: CheckpointKey, before: string): RecordedEntry {
  return {
    what: 'checkpoint_key',
    code: 'checkpoint_key',
    key: { id, x: jwk.x, before },
    request: null,
    caller: null,
    tool: null,
    revision: null,
    bundle: null,
    input: null,
    decision: null,
  }
}
