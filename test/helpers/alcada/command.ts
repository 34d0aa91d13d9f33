import { type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'

export const PROGRAM: string = fileURLToPath(new URL('../../../engine/cli.ts', import.meta.url))

/** What a command printed, and how it ended. */
export interface Ran {
  code: number | null
  out: string
  err: string
}

/** Runs `alcada …` as a process of its own, with this environment and nothing else but PATH. */
export function runAlcada(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return ranOf(child)
}

/** Gathers what a process prints until it has ended. Rejects when it cannot be started. */
export function ranOf(child: ChildProcessByStdio<null, Readable, Readable>): Promise<Ran> {
  const ran: Ran = { code: null, out: '', err: '' }
  child.stdout.on('data', (chunk: Buffer) => {
    ran.out += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    ran.err += chunk.toString()
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ ...ran, code }))
  })
}
