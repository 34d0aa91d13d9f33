import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'

export interface LogFileOptions {
  /** Made (0700) where it is not there. */
  folder: string
  /** `app` for `app.log`. */
  name: string
  /** Above it a file is put aside before the day is over. */
  maxBytes: number
  now: () => number
  /** Gets the lines that the file did not take. */
  otherwise: (line: string) => void
}

/** Lines of text in a file that is put aside each day (UTC) as `app-2026-11-25.1.log`. Nothing here throws. */
export interface LogFile {
  write(line: string): void
  /** Removes what was put aside more than so many days ago. */
  keep(days: number): void
  /** Why the last line was not written; null: it was. */
  failure(): string | null
  close(): void
}

/** Between two attempts after a failure, in milliseconds. */
const RETRY_MS = 2_000
const DAY_MS = 86_400_000

/** Opens a log. What cannot be opened or written now is tried again; meanwhile lines go elsewhere. */
export function openLogFile({ folder, name, maxBytes, now, otherwise }: LogFileOptions): LogFile {
  const path = join(folder, `${name}.log`)
  let file: { descriptor: number; day: string; bytes: number } | null = null
  let failure: { message: string; at: number } | null = null

  function open(): NonNullable<typeof file> {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const before = statSync(path, { throwIfNoEntry: false })
    // Of a day before, by another process.
    if (before?.isFile() && before.size > 0 && dayOf(before.mtimeMs) !== dayOf(now())) putAside(dayOf(before.mtimeMs))
    const descriptor = openSync(path, 'a', 0o600)
    return { descriptor, day: dayOf(now()), bytes: fstatSync(descriptor).size }
  }

  function close(): void {
    if (file === null) return
    const { descriptor } = file
    file = null
    try {
      closeSync(descriptor)
    } catch {
      // The disk refused before; the descriptor is gone either way.
    }
  }

  function putAside(day: string): void {
    for (let number = 1; ; number += 1) {
      const to = join(folder, `${name}-${day}.${number}.log`)
      if (existsSync(to)) continue
      renameSync(path, to)
      return
    }
  }

  function turn(bytes: number): void {
    if (file === null) return
    const full = file.bytes > 0 && file.bytes + bytes > maxBytes
    if (file.day === dayOf(now()) && !full) return
    const { day, bytes: written } = file
    close()
    if (written > 0) putAside(day)
  }

  function attempt(work: () => void): boolean {
    try {
      work()
      failure = null
      return true
    } catch (error) {
      close()
      failure = { message: error instanceof Error ? error.message : 'unknown error', at: now() }
      return false
    }
  }

  return {
    write(line) {
      const waiting = failure !== null && Math.abs(now() - failure.at) < RETRY_MS
      const content = Buffer.from(line)
      const written =
        !waiting &&
        attempt(() => {
          turn(content.length)
          file ??= open()
          for (let from = 0; from < content.length; ) from += writeSync(file.descriptor, content, from)
          file.bytes += content.length
        })
      if (!written) otherwise(line)
    },
    keep(days) {
      attempt(() => {
        turn(0)
        const oldest = dayOf(now() - days * DAY_MS)
        for (const found of existsSync(folder) ? readdirSync(folder) : []) {
          const [, of, day = ''] = ASIDE.exec(found) ?? []
          if (of === name && day < oldest) rmSync(join(folder, found), { force: true })
        }
      })
    },
    failure: () => failure?.message ?? null,
    close,
  }
}

const ASIDE = /^([a-z]+)-(\d{4}-\d{2}-\d{2})\.\d+\.log$/

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}
