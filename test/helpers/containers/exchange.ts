import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { connectCaller } from '../alcada/caller.ts'
import { type Alcada, startAlcada } from '../alcada/start.ts'
import { freePort } from '../free-port.ts'
import { openPodman, type Podman } from './podman.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const IMAGE = 'localhost/alcada:first'

/** Omie's server in a container behind its front, an agent that calls all the time, and images to put in its place. */
export interface Exchange {
  podman: Podman
  alcada: Alcada
  /** A path in the folder of this exchange: `podman.sock`, `admin.token`, `deploys`. */
  at(name: string): string
  /** From the start of the container until it was ready, in milliseconds. */
  readyMs: number
  /** `alcada deploy` in a process of its own. Images: `first`, `second`, and those given. */
  deployed(image: string, options?: { attempts?: number; more?: readonly string[] }): Promise<Said>
  /** What such a process is started with. */
  args(image: string, attempts?: number): Promise<string[]>
  /** Deploys that have ended, oldest first. */
  done(): { outcome: string; image: string; heldMs: number }[]
  /** What the agent got so far. */
  calls: { answered: number; failed: unknown[] }
  stop(): Promise<void>
}

export interface Said {
  code: number | null
  said: string
}

/**
 * @param more further images by name, each a line of a Dockerfile that follows the first one's
 * @param compiler default: the one the tests have found
 */
export async function startExchange(more: Readonly<Record<string, string>>, compiler?: string): Promise<Exchange> {
  const podman = openPodman()
  execFileSync(process.execPath, ['.ci/image.mjs', IMAGE, '--engine', 'podman'], {
    ...{ cwd: ROOT, env: podman.env },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const alcada = await startAlcada({
    ...{ erp: 'omie', env: { ALCADA_TRUSTED_PROXIES: '127.0.0.1' } },
    ...(compiler === undefined ? {} : { compiler }),
  })
  process.kill(alcada.pid, 'SIGTERM')
  while (spawnSync('kill', ['-0', String(alcada.pid)]).status === 0) await sleep(20)
  const place = dirname(alcada.env['ALCADA_STATE_DIR'] ?? '')
  const at = (name: string): string => join(place, name)
  for (const [name, line] of Object.entries({ second: 'LABEL version=2', ...more })) {
    writeFileSync(at(`${name}.Dockerfile`), `FROM ${IMAGE}\n${line}\n`)
    const tagged = ['--tag', `localhost/alcada:${name}`, '--file', at(`${name}.Dockerfile`)]
    await podman.run('build', '--format', 'docker', ...tagged, place)
  }
  mkdirSync(at('front/omie'), { recursive: true })
  const admin = alcada.token('admin', { sub: 'olga', kind: 'human', purpose: 'approvals' })
  writeFileSync(at('admin.token'), admin, { mode: 0o600 })
  execFileSync('chown', ['-R', '65532:65532', place])

  const run = [
    'run',
    '--detach',
    '--read-only',
    '--cap-drop',
    'all',
    '--no-healthcheck',
    '--volume',
    `${place}:${place}`,
  ]
  const env = Object.entries({ ...alcada.env, ALCADA_HOST: '127.0.0.1' })
  const given = env.flatMap(([name, value]) => ['--env', `${name}=${value}`])
  const startedMs = performance.now()
  await podman.run(...run, '--memory', '4g', '--cpus', '2.0', '--name', 'alcada-omie-1', ...given, IMAGE)
  while (!(await fetch(new URL('/health/ready', alcada.mcp)).catch(() => null))?.ok) await sleep(20)
  const readyMs = performance.now() - startedMs
  const front = new URL(`http://127.0.0.1:${await freePort()}/mcp`)
  // As compose.production.yaml starts it, but for where the host's network has it all.
  const { entrypoint, command } = frontOf('omie')
  const places: Record<string, string> = { '0.0.0.0:8080': front.host, 'alcada-omie-1:8080': alcada.mcp.host }
  const frontArgs = command.map((word) => places[word] ?? word.replace(/^\/control/, at('front/omie')))
  await podman.run(...run, '--name', 'front', '--entrypoint', JSON.stringify(entrypoint), IMAGE, ...frontArgs)
  const service = spawn('podman', ['system', 'service', '--time', '0', `unix://${at('podman.sock')}`], {
    ...{ env: podman.env, stdio: 'ignore' },
  })
  while (!existsSync(at('podman.sock')) || !existsSync(at('front/omie/control.sock'))) await sleep(50)

  const args: Exchange['args'] = async (image, attempts = 120) => [
    ...['engine/alcada.mjs', 'deploy', 'omie', '--image', `localhost/alcada:${image}`],
    ...['--docker', at('podman.sock'), '--journal', at('deploys'), '--front', at('front/omie/control.sock')],
    ...['--ops', alcada.ops, '--token-file', at('admin.token')],
    ...['--trial-port', String(await freePort()), '--every', '0.5', '--attempts', String(attempts), '--watch', '5'],
  ]
  const agent = await startAgent(front, alcada.token('viewer'))
  return {
    ...{ podman, alcada, at, readyMs, args, calls: agent.calls },
    async deployed(image, { attempts, more = [] } = {}) {
      const child = spawn(process.execPath, [...(await args(image, attempts)), ...more], { cwd: ROOT, env: podman.env })
      let said = ''
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
      return { code: await new Promise((resolve) => child.once('exit', resolve)), said }
    },
    done: () =>
      readFileSync(at('deploys/deploys.jsonl'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    async stop() {
      await agent.stop()
      const ended = new Promise((resolve) => service.once('exit', resolve))
      if (service.kill()) await ended
      podman.close()
      await alcada.stop()
    },
  }
}

/** Calls without a pause to speak of, and counts what it gets. */
async function startAgent(mcp: URL, token: string): Promise<{ calls: Exchange['calls']; stop(): Promise<void> }> {
  const caller = await connectCaller(mcp, token)
  const calls: Exchange['calls'] = { answered: 0, failed: [] }
  let calling = true
  const told = async (): Promise<string> => (await caller.client.listTools()).tools.map(({ name }) => name).join()
  const called = async (): Promise<string> => (await caller.call('get_customer_by_id', { id: '1' })).kind
  const loop = (async () => {
    while (calling) {
      // The ERP itself refuses to be asked the same thing all the time.
      const asked = calls.answered % 20 === 0 ? called : told
      await asked().then(
        (answer) => {
          if (/result|refusal|get_customer_by_id/.test(answer)) calls.answered += 1
          else calls.failed.push(answer)
        },
        (error: unknown) => calls.failed.push(error),
      )
      await sleep(20)
    }
  })()
  return {
    calls,
    async stop() {
      calling = false
      await loop
      await caller.close()
    },
  }
}

/** The front of an ERP in compose.production.yaml. */
function frontOf(erp: string): { entrypoint: string[]; command: string[] } {
  const file = readFileSync(join(ROOT, 'servers/compose.production.yaml'), 'utf8')
  return parse(file).services[`${erp}-front`]
}
