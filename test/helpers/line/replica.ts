import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type ServerProcess, spawnServer } from '../../../engine/commands/server-process.ts'
import { stateFolder } from '../state/databases.ts'
import type { Line } from './line.ts'

/** Starts a second server of the same ERP on the same database: the first was given `ALCADA_REPLICA: 'a'`. */
export async function startReplica(line: Line, replica = 'b'): Promise<ServerProcess> {
  const { env } = line.alcada
  const state = join(stateFolder(), replica)
  mkdirSync(state, { mode: 0o700 })
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
