import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { PolicyLog } from '../../../servers/policy/status.ts'

export interface ForgedChannel {
  /** Root of the folder channel, and a state folder beside it. */
  channel: string
  stateDir: string
  path: string
  /** Puts anything at all where the bundle should be, atomically. */
  put(bytes: Uint8Array | string): void
  remove(): void
}

export function forgeChannel(erp = 'omie'): ForgedChannel {
  const root = mkdtempSync(join(tmpdir(), 'alcada-channel-'))
  const path = join(root, 'channel', erp, 'bundle.tar.gz')
  mkdirSync(dirname(path), { recursive: true })
  return {
    channel: join(root, 'channel'),
    stateDir: join(root, 'state'),
    path,
    put: (bytes) => {
      writeFileSync(`${path}.new`, bytes)
      renameSync(`${path}.new`, path)
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  }
}

/** Keeps the events it is told. */
export function forgeLog(): PolicyLog & { events: string[] } {
  const events: string[] = []
  return { events, info: (event) => events.push(event), warn: (event) => events.push(event) }
}
