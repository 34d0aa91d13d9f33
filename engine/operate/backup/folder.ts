import { chmod, copyFile, lstat, mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { MANIFEST, type Manifest, manifestText, type Signer, sumsOf } from './manifest.ts'

const DAY_MS = 86_400_000

export interface Making {
  /** `/backups`: the folder of this ERP is made in it. */
  to: string
  /** Of the manifest; the files are counted here. */
  said: Omit<Manifest, 'files' | 'chains'>
  /** Puts everything into the draft; gives where the ledger in it ends. */
  fill: (draft: string) => Promise<Manifest['chains']>
  signer: Signer
}

/**
 * Makes `<to>/<erp>/<erp>_YYYYMMDD_HHMMSS`: whole and on the disk, or not at all. Readable by its owner only.
 * @throws Error when there is one of this second
 */
export async function makeBackup({ to, said, fill, signer }: Making): Promise<{ folder: string; manifest: Manifest }> {
  const place = join(to, said.erp)
  const name = backupName(said.erp, said.made_at)
  await mkdir(place, { recursive: true, mode: 0o700 })
  const draft = join(place, `.${name}.${process.pid}`)
  await mkdir(draft, { mode: 0o700 })
  try {
    const chains = await fill(draft)
    const files = await sumsOf(draft)
    const manifest = { ...said, chains, files }
    await writeFile(join(draft, MANIFEST), manifestText(manifest, signer), { mode: 0o600 })
    await syncAll(draft)
    const folder = join(place, name)
    if ((await lstat(folder).catch(() => null)) !== null) throw new Error(`\`${folder}\` is there already`)
    await rename(draft, folder)
    await syncPath(place)
    return { folder, manifest }
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

/** `omie_20261128_020000`, in UTC. */
export function backupName(erp: string, madeAt: string): string {
  return `${erp}_${madeAt.slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '_')}`
}

/** Removes backups that are older than so many days, but never the newest; gives the names of those it removed. */
export async function pruneBackups(to: string, erp: string, days: number, nowMs: number): Promise<string[]> {
  const place = join(to, erp)
  const names = (await readdir(place)).filter((name) => madeAtMs(erp, name) !== null).sort()
  const old = names.slice(0, -1).filter((name) => (madeAtMs(erp, name) ?? nowMs) < nowMs - days * DAY_MS)
  for (const name of old) {
    // Half removed it must not look like a backup.
    const gone = join(place, `.${name}.gone`)
    await rename(join(place, name), gone)
    await rm(gone, { recursive: true })
  }
  return old
}

/** Copies a file or everything below a folder, 0600, without links; nothing where it is not there. */
export async function copyIn(from: string, to: string, skip: (name: string) => boolean = () => false): Promise<void> {
  const stat = await lstat(from).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (stat === null) return
  if (stat.isFile()) {
    await mkdir(dirname(to), { recursive: true, mode: 0o700 })
    await copyFile(from, to)
    await chmod(to, 0o600)
  }
  if (!stat.isDirectory()) return
  for (const name of (await readdir(from)).sort()) if (!skip(name)) await copyIn(join(from, name), join(to, name))
}

/** Everything below a folder is on the disk when it resolves. */
export async function syncAll(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true })) await syncPath(join(folder, entry))
  await syncPath(folder)
}

export async function syncPath(path: string): Promise<void> {
  const file = await open(path, 'r')
  await file.sync().finally(() => file.close())
}

function madeAtMs(erp: string, name: string): number | null {
  const match = /^(.+)_(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)(\d\d)$/.exec(name)
  if (match === null || match[1] !== erp) return null
  const [, , year, month, day, hour, minute, second] = match
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return Number.isNaN(at) ? null : at
}
