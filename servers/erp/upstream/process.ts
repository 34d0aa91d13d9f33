import { type ChildProcess, spawn } from 'node:child_process'
import { accessSync, constants, mkdirSync, statSync } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'
import type { OwnPath, UpstreamProcess } from '../../../engine/contract/erp.ts'
import { ErpFailure } from '../outcome.ts'

export interface ProcessPlace {
  /** Folder of this process alone; made with mode 0700 where it is not there. */
  folder: string
  /** The folders programs are looked for in, apart as in PATH; null: the operator has named none, so none is run. */
  path: string | null
  credential(name: string): string
}

/** How long a process may take to end by itself once it was told to, in milliseconds. */
const END_MS = 2_000
/** Longest line of stderr that is passed on, in characters. */
const LINE = 500

/** The groups of processes that run now: whatever ends this process ends them. */
const running = new Set<number>()
process.on('exit', () => {
  for (const group of running) kill(group, 'SIGKILL')
})

export interface Running {
  child: ChildProcess
  /** Resolves once it is gone. */
  ended: Promise<void>
  /** Ends it and all that it started. */
  end(): Promise<void>
}

/**
 * Starts an upstream in a process group of its own, without a shell: its environment is what is declared and PATH, its
 * working folder its own. What it says on stderr comes line by line. Throws ErpFailure when it cannot be started.
 */
export function startProcess(declared: UpstreamProcess, place: ProcessPlace, heard: (line: string) => void): Running {
  const file = programFile(declared.program, place.path)
  mkdirSync(place.folder, { recursive: true, mode: 0o700 })
  const own = (value: string | OwnPath): string =>
    typeof value === 'string' ? value : join(place.folder, value.folder)
  const env: Record<string, string> = { PATH: place.path ?? '' }
  for (const [name, value] of Object.entries(declared.env ?? {})) {
    env[name] = typeof value === 'object' && 'credential' in value ? place.credential(value.credential) : own(value)
  }
  const child = spawn(file, (declared.args ?? []).map(own), {
    cwd: place.folder,
    env,
    detached: true,
    shell: false,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const group = child.pid
  if (group !== undefined) running.add(group)
  const ended = new Promise<void>((resolve) => {
    const gone = (): void => {
      // What it started and left behind is ended with it.
      if (group !== undefined && running.delete(group)) kill(group, 'SIGKILL')
      resolve()
    }
    child.once('error', gone)
    child.once('exit', gone)
  })
  // A pipe that breaks is the end of the process, of which `exit` tells.
  child.stdin?.on('error', () => undefined)
  lines(child, heard)
  return {
    child,
    ended,
    async end() {
      child.stdin?.end()
      if (group !== undefined && running.has(group)) kill(group, 'SIGTERM')
      const timer = setTimeout(() => group !== undefined && running.has(group) && kill(group, 'SIGKILL'), END_MS)
      await ended
      clearTimeout(timer)
    },
  }
}

function kill(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal)
  } catch {
    // The whole group is gone already.
  }
}

function lines(child: ChildProcess, heard: (line: string) => void): void {
  let rest = ''
  child.stderr?.setEncoding('utf8')
  child.stderr?.on('data', (text: string) => {
    const parts = `${rest}${text}`.split('\n')
    // A line without an end is not kept for ever.
    rest = (parts.pop() ?? '').slice(0, LINE)
    for (const line of parts) if (line.trim() !== '') heard(line.slice(0, LINE))
  })
  child.stderr?.on('end', () => rest !== '' && heard(rest))
}

function programFile(program: string, path: string | null): string {
  for (const folder of (path ?? '').split(delimiter)) {
    if (isAbsolute(folder) && isProgram(join(folder, program))) return join(folder, program)
  }
  const message =
    path === null
      ? 'the upstream’s program is not run: ALCADA_UPSTREAM_PATH names no folder for it'
      : `the upstream’s program \`${program}\` is in no folder of ALCADA_UPSTREAM_PATH`
  throw new ErpFailure({ kind: 'connection', message }, true)
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}
