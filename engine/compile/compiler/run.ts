import { spawn } from 'node:child_process'
import { CompilerError } from './error.ts'

export type RunOptions = {
  /** Folder to run in. `opa build` must run inside the staging folder with `-b .`, or paths get into the WASM. */
  cwd: string
  /** Text given on standard input. Default: none (closed). */
  stdin?: string
  /** Time after which the process is killed, in milliseconds. Default 60_000. */
  timeoutMs?: number
  /** Kills the process when it aborts. Default: none. */
  signal?: AbortSignal
  /** Called with every piece of standard error as it comes. */
  onStderr?: (text: string) => void
}

export type RunResult = { code: number; stdout: string; stderr: string }

// `opa eval` over ten thousand inputs prints some megabytes; beyond this something is wrong.
const MAX_OUTPUT = 256 * 1024 * 1024

/**
 * Runs the compiler (or the go tool) without a shell and waits for its end.
 * @returns the exit code, whatever it is, and both outputs as UTF-8 text
 * @throws CompilerError COMPILER_NOT_STARTED, COMPILER_TIMED_OUT, COMPILER_KILLED, COMPILER_OUTPUT_TOO_LARGE
 */
export function runCompiler(path: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
  const { cwd, stdin, timeoutMs = 60_000, signal, onStderr } = options
  return new Promise((resolve, reject) => {
    const child = spawn(path, args, { cwd, stdio: ['pipe', 'pipe', 'pipe'] })
    const stdout: Buffer[] = []
    const stderr: Buffer[] = []
    let size = 0
    let failure: CompilerError | undefined

    const stop = (error: CompilerError): void => {
      failure ??= error
      child.kill('SIGKILL')
    }
    const timer = setTimeout(() => {
      stop(new CompilerError('COMPILER_TIMED_OUT', `\`${path} ${args[0] ?? ''}\` did not end within ${timeoutMs} ms`))
    }, timeoutMs)
    const abort = (): void => stop(new CompilerError('COMPILER_KILLED', `\`${path}\` was stopped`))
    signal?.addEventListener('abort', abort, { once: true })
    const keep = (list: Buffer[], piece: Buffer): void => {
      size += piece.length
      if (size <= MAX_OUTPUT) list.push(piece)
      else stop(new CompilerError('COMPILER_OUTPUT_TOO_LARGE', `\`${path}\` wrote more than ${MAX_OUTPUT} bytes`))
    }

    child.stdout.on('data', (piece: Buffer) => keep(stdout, piece))
    child.stderr.on('data', (piece: Buffer) => {
      keep(stderr, piece)
      onStderr?.(piece.toString('utf8'))
    })
    // A process that ends without reading its input closes the pipe; its exit code says what happened.
    child.stdin.on('error', () => undefined)
    child.stdin.end(stdin ?? '')
    const release = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
    }
    child.on('error', (cause) => {
      release()
      reject(new CompilerError('COMPILER_NOT_STARTED', `\`${path}\` cannot be started: ${cause.message}`, { cause }))
    })
    child.on('close', (code, endedBy) => {
      release()
      if (failure !== undefined) return reject(failure)
      if (code === null) return reject(new CompilerError('COMPILER_KILLED', `\`${path}\` was ended by ${endedBy}`))
      resolve({ code, stdout: text(stdout), stderr: text(stderr) })
    })
  })
}

function text(pieces: readonly Buffer[]): string {
  return Buffer.concat(pieces).toString('utf8')
}
