import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type ServerProcess, spawnServer } from '../../../engine/commands/server-process.ts'
import { stateFolder } from '../state/databases.ts'
import type { Line } from './line.ts'

/**
 * Starts a second server of the same ERP on the same database: the first was given `ALCADA_REPLICA: 'a'`.
 * @param folder where its state folder is; the same again is the same server started again
 */
export async function startReplica(line: Line, replica = 'b', folder: string = stateFolder()): Promise<ServerProcess> {
  const { env } = line.alcada
  const state = join(folder, replica)
  mkdirSync(state, { mode: 0o700, recursive: true })
  return spawnServer({
    env: {
      ...env,
      ALCADA_REPLICA: replica,
      ALCADA_STATE_DIR: state,
      ALCADA_MASK_KEY_FILE: join(env['ALCADA_STATE_DIR'] ?? '', 'mask.key'),
      ALCADA_PORT: '0',
      ALCADA_OPS_PORT: '0',
    },
    logFile: join(state, 'server.log'),
  })
}
