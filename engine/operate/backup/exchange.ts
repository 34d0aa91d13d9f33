import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { syncPath } from './folder.ts'

/** While it is there no server opens the state: servers/state/restoring.ts looks for it. */
const MARK = 'restoring'
const DRAFT = '.restore'
const SAFETY = /^before-restore_\d{8}_\d{6}$/

interface Mark {
  pid: number
  /** Folder of the safety copy in the state. */
  safety: string
  /** What is moved; null until all that is to come is whole. */
  moves: { going: string[]; coming: string[] } | null
}

/** A part of a state that no backup holds and no restore moves. */
export function isApart(name: string): boolean {
  return name === MARK || name === DRAFT || SAFETY.test(name)
}

/** A state folder that nobody else restores, and no server opens, until `end`. */
export interface Held {
  /** Where the new content is made. */
  draft: string
  /** Where the old content will stand. */
  safety: string
  /** Puts the draft in the place of the old content. After a crash `hold` puts the old content back. */
  exchange(): Promise<void>
  end(): Promise<void>
}

/**
 * Takes hold of a state folder. Where an earlier restore was cut off, the old content is put back first.
 * @param stamp `YYYYMMDD_HHMMSS`
 * @throws Error when another restore runs
 */
export async function hold(state: string, stamp: string): Promise<Held> {
  await mkdir(state, { recursive: true, mode: 0o700 })
  const [mark, draft] = [join(state, MARK), join(state, DRAFT)]
  await putBack(state)
  const said: Mark = { pid: process.pid, safety: `before-restore_${stamp}`, moves: null }
  await writeFile(mark, JSON.stringify(said), { flag: 'wx', mode: 0o600, flush: true })
  await syncPath(state)
  await rm(draft, { recursive: true, force: true })
  await mkdir(draft, { mode: 0o700 })
  const safety = join(state, said.safety)
  return {
    draft,
    safety,
    async exchange() {
      const coming = await readdir(draft)
      const going = (await readdir(state)).filter((name) => !isApart(name))
      await mkdir(safety, { mode: 0o700 })
      const next = join(draft, MARK)
      await writeFile(next, JSON.stringify({ ...said, moves: { going, coming } }), { mode: 0o600, flush: true })
      await rename(next, mark)
      await syncPath(state)
      for (const name of going) await rename(join(state, name), join(safety, name))
      await syncPath(safety)
      for (const name of coming) await rename(join(draft, name), join(state, name))
      await syncPath(state)
    },
    async end() {
      await rm(draft, { recursive: true, force: true })
      await rm(mark, { force: true })
      await syncPath(state)
    },
  }
}

/** Undoes a restore that was cut off; true when there was one. @throws Error while it still runs */
async function putBack(state: string): Promise<boolean> {
  const text = await readFile(join(state, MARK), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (text === null) return false
  const { pid, safety: name, moves } = markIn(text, state)
  if (runs(pid)) throw new Error(`process ${pid} restores \`${state}\` already; ${OTHERWISE(state)}`)
  // Without a list nothing was moved.
  if (moves !== null) {
    const safety = join(state, name)
    const waiting = new Set(await readdir(join(state, DRAFT)))
    for (const one of moves.coming) {
      // What has no old content to take its place, and has come over already.
      if (!moves.going.includes(one) && !waiting.has(one)) await rm(join(state, one), { recursive: true, force: true })
    }
    for (const old of await readdir(safety)) {
      await rm(join(state, old), { recursive: true, force: true })
      await rename(join(safety, old), join(state, old))
    }
    await rm(safety, { recursive: true })
    await syncPath(state)
  }
  await rm(join(state, MARK))
  return true
}

const OTHERWISE = (state: string): string => `if none does, remove \`${join(state, MARK)}\``

/** Written by this file alone, and flushed before anything is moved. */
function markIn(text: string, state: string): Mark {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Error(`another process begins to restore \`${state}\`; ${OTHERWISE(state)}`, { cause })
  }
}

function runs(pid: number): boolean {
  if (pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
