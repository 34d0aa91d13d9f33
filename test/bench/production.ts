import { readFileSync } from 'node:fs'
import { type Exchange, startExchange } from '../helpers/containers/exchange.ts'
import { compilerPath } from './compiled.ts'
import type { Figure } from './figures.ts'

const CRASH =
  "if (process.env.ALCADA_STATE_DIR !== '/tmp/trial') setTimeout(() => process.exit(1), 4000); import('/app/servers/main.js')"

/** The image as it runs: its size, how soon it is ready, what it takes, and what a deploy and a rollback cost those who call. */
export async function production(): Promise<Figure[]> {
  const crash = `ENTRYPOINT ${JSON.stringify(['/usr/bin/node', '-e', CRASH])}`
  const exchange = await startExchange({ crash }, await compilerPath())
  try {
    const { podman, calls, readyMs } = exchange
    const bytes = Number(await podman.run('image', 'inspect', '--format', '{{.Size}}', 'localhost/alcada:first'))
    const pid = Number(await podman.run('inspect', '--format', '{{.State.Pid}}', 'alcada-omie-1'))
    const idle = residentMiB(pid)
    while (calls.answered < 500) await new Promise((resolve) => setTimeout(resolve, 100))
    const busy = residentMiB(pid)
    const good = await deploys(exchange, 'second', 'deployed')
    const bad = await deploys(exchange, 'crash', 'rolled_back')
    return [
      figure('size of the image', `${(bytes / 2 ** 20).toFixed(0)} MiB`),
      figure('container start until ready', `${readyMs.toFixed(0)} ms`),
      figure('memory of a server (RSS)', `${idle} MiB ready, ${busy} MiB after ${calls.answered} calls`),
      figure('deploy', good),
      figure('deploy of an image that ends after the switch, and rollback', bad),
      figure('calls meanwhile', `${calls.answered} answered, ${calls.failed.length} failed`),
    ]
  } finally {
    await exchange.stop()
  }
}

async function deploys({ deployed, done }: Exchange, image: string, expected: string): Promise<string> {
  const from = performance.now()
  const { said } = await deployed(image)
  const took = performance.now() - from
  const last = done().at(-1)
  if (last?.outcome !== expected) throw new Error(`expected ${expected}, got ${last?.outcome}\n${said}`)
  return `${(took / 1_000).toFixed(1)} s, calls held ${last.heldMs} ms`
}

function figure(what: string, ours: string): Figure {
  return { what, ours, peer: null, ratio: null }
}

function residentMiB(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Math.round(Number(kib) / 1_024)
}
