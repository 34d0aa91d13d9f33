import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** What a server process tells whoever started it, over Node's IPC channel. */
export type ServerMessage =
  | { type: 'ready'; mcp: string; ops: string; revision: number | null }
  | { type: 'policy'; state: string; revision: number | null; error: { code: string; message: string } | null }
  | { type: 'failed'; code: string; message: string }

export interface ServerProcess {
  mcp: string
  ops: string
  revision: number | null
  pid: number
  /** Resolves with the exit code once it is gone. */
  exited: Promise<number | null>
  stop(): Promise<void>
}

export interface SpawnServerOptions {
  /** The whole environment of the process: its own ERP's settings and nothing else. */
  env: Record<string, string>
  /** File that gets its log (stderr). */
  logFile: string
  onMessage?: (message: ServerMessage) => void
}

/** The server's program; packing rewrites the name to `.js`. */
export const serverMain: string = fileURLToPath(new URL('../../servers/main.ts', import.meta.url))

/** Starts `servers/main` for one ERP and waits until it answers. Rejects with the server's own words when it cannot. */
export async function spawnServer(options: SpawnServerOptions): Promise<ServerProcess> {
  const child = spawn(process.execPath, [serverMain], {
    env: options.env,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  child.stderr?.pipe(createWriteStream(options.logFile, { flags: 'a', mode: 0o600 }))
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const ready = await firstWord(child, options)
  return { ...ready, pid: child.pid ?? 0, exited, stop: () => stopped(child, exited) }
}

function firstWord(
  child: ChildProcess,
  { logFile, onMessage }: SpawnServerOptions,
): Promise<{ mcp: string; ops: string; revision: number | null }> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) =>
      reject(new Error(`the server ended with ${code ?? 'a signal'}; its log is \`${logFile}\``)),
    )
    child.on('message', (message) => {
      const told = readMessage(message)
      if (told === null) return
      onMessage?.(told)
      if (told.type === 'ready') resolve(told)
      if (told.type === 'failed') reject(new Error(`${told.code}: ${told.message}`))
    })
  })
}

function readMessage(message: unknown): ServerMessage | null {
  if (typeof message !== 'object' || message === null || !('type' in message)) return null
  return isServerMessage(message) ? message : null
}

function isServerMessage(message: { type: unknown }): message is ServerMessage {
  return message.type === 'ready' || message.type === 'policy' || message.type === 'failed'
}

async function stopped(child: ChildProcess, exited: Promise<unknown>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), 5_000)
  await exited
  clearTimeout(timer)
}
