import { linkSync, rmSync, writeFileSync } from 'node:fs'

/** Makes a file that only its owner reads, unless it is there: of two processes that start at once, both use the first. */
export function makeOnce(file: string, content: () => Uint8Array | string): void {
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, content(), { mode: 0o600, flush: true })
  try {
    // A link never replaces.
    linkSync(draft, file)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  } finally {
    rmSync(draft)
  }
}
