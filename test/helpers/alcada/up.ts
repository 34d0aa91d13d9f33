import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const PROGRAM = fileURLToPath(new URL('../../../engine/alcada.mjs', import.meta.url))

/** One ERP in the line that `up --json` prints. */
export interface ReadyErp {
  mcp: string
  health: string
  ops: string
  console: string | null
  revision: number | null
  tokens: Record<string, string>
}

/** A running `alcada up --json --port 0`. */
export interface Up {
  pid: number
  /** The line, as it was printed. */
  line: string
  erps: Record<string, ReadyErp>
  /** What it printed on stderr so far. */
  said(): string
  /** Waits until stderr, from `from` on, has this in it. @returns where the match ends */
  says(pattern: RegExp, from?: number): Promise<number>
  /** Exit code, once it has ended. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

/** Starts the command on a project folder, the way a person does. Rejects with its own words when it ends early. */
export async function startUp(root: string, erps: readonly string[], env: Record<string, string> = {}): Promise<Up> {
  const { PATH = '', HOME = '', ALCADA_OPA } = process.env
  const child = spawn(process.execPath, [PROGRAM, '--root', root, 'up', ...erps, '--json', '--port', '0'], {
    env: { PATH, HOME, ...(ALCADA_OPA === undefined ? {} : { ALCADA_OPA }), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  let wake: (() => void)[] = []
  const more = (): Promise<void> => new Promise((resolve) => wake.push(resolve))
  const woken = (): void => {
    for (const one of wake) one()
    wake = []
  }
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString()
    woken()
  })
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  void ended.then(woken)
  const line = await firstLine(child, ended, () => said)
  return {
    pid: child.pid ?? 0,
    line,
    erps: readLine(line),
    said: () => said,
    async says(pattern, from = 0) {
      for (;;) {
        const match = pattern.exec(said.slice(from))
        if (match !== null) return from + match.index + match[0].length
        if (child.exitCode !== null) throw new Error(`it ended without saying ${pattern}: ${said}`)
        await more()
      }
    },
    async stop(signal = 'SIGTERM') {
      child.kill(signal)
      return ended
    },
  }
}

async function firstLine(child: ChildProcess, ended: Promise<unknown>, said: () => string): Promise<string> {
  let text = ''
  const line = new Promise<string>((resolve) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      if (text.includes('\n')) resolve(text.slice(0, text.indexOf('\n')))
    })
  })
  const early = ended.then((code) => {
    throw new Error(`\`alcada up\` ended with ${code}: ${said()}`)
  })
  return Promise.race([line, early])
}

function readLine(line: string): Record<string, ReadyErp> {
  const told: { erps: Record<string, ReadyErp> } = JSON.parse(line)
  return told.erps
}
