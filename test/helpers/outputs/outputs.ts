import { randomUUID } from 'node:crypto'
import { appendFileSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, inject } from 'vitest'
import { type OutputKind, SECRETS } from './gathered.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder that gets what servers and commands of the whole run let out; empty where nothing is gathered. */
    outputs: string
  }
}

/** A bench, which is no test, gathers nothing. */
function gathered(): string {
  return process.env['VITEST'] === undefined ? '' : (inject('outputs') ?? '')
}

/** Something that a test lets out, chunk by chunk, into a file of the run's folder. */
export function openOutput(kind: OutputKind, source: string): (chunk: string | Uint8Array) => void {
  const folder = gathered()
  let file: string | null = null
  return (chunk) => {
    if (folder === '' || chunk.length === 0) return
    if (file === null) {
      file = join(folder, `${randomUUID()}.out`)
      const test = expect.getState().testPath ?? ''
      appendFileSync(file, `${JSON.stringify({ kind, source, test })}\n`)
    }
    appendFileSync(file, chunk)
  }
}

/** The same of what is there already. */
export function recordOutput(kind: OutputKind, source: string, text: string): void {
  openOutput(kind, source)(text)
}

/** Log files of servers, in a folder or below it. */
export function recordLogs(folder: string): void {
  if (!existsSync(folder)) return
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) recordOutput('open', entry.name, readFileSync(join(entry.parentPath, entry.name), 'utf8'))
  }
}

/** Secrets of a test: from now on they may stand in nothing that is gathered. Short ones are no secrets. */
export function plantSecrets(secrets: readonly string[]): void {
  const folder = gathered()
  const long = secrets.filter((secret) => secret.length >= LEAST)
  if (folder === '' || long.length === 0) return
  appendFileSync(join(folder, SECRETS), long.map((secret) => `${JSON.stringify(secret)}\n`).join(''))
}

const LEAST = 12
