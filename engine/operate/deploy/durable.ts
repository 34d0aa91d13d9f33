import { renameSync, writeFileSync } from 'node:fs'

/** Replaces a small file whole: after a crash it has the old text or the new one. */
export function writeDurably(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600, flush: true })
  renameSync(`${file}.new`, file)
}
