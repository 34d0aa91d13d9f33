import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The folder of what this machine makes for itself and never commits: `.alcada/` below the project root. */
export interface Workplace {
  folder: string
  channel: string
  secretsFile(erp: string): string
  credentialStore(erp: string): string
  /** Not beside the store: a copy of the one is then no copy of the other. */
  credentialKey(erp: string): string
  stateDir(erp: string): string
  /** Holds a folder of logs for each ERP. */
  logs: string
  /** What a server says beside its logs: its last words. */
  logFile(erp: string): string
}

export function workplaceOf(root: string): Workplace {
  const folder = join(root, '.alcada')
  return {
    folder,
    channel: join(folder, 'channel'),
    secretsFile: (erp) => join(folder, 'secrets', `${erp}.json`),
    credentialStore: (erp) => join(folder, 'credentials', erp, 'store.jwe'),
    credentialKey: (erp) => join(folder, 'credential-keys', `${erp}.key`),
    stateDir: (erp) => join(folder, 'state', erp),
    logs: join(folder, 'log'),
    logFile: (erp) => join(folder, 'log', `${erp}.log`),
  }
}

/** Makes the folders, readable by their owner alone. */
export async function openWorkplace(root: string): Promise<Workplace> {
  const workplace = workplaceOf(root)
  for (const name of ['.', 'channel', 'secrets', 'state', 'log']) {
    await mkdir(join(workplace.folder, name), { recursive: true, mode: 0o700 })
  }
  return workplace
}

/** Writes one ERP's credentials, 0600 from its first byte on. */
export async function writeSecrets(file: string, credentials: object): Promise<void> {
  await writeFile(file, JSON.stringify(credentials), { mode: 0o600 })
  await chmod(file, 0o600)
}
