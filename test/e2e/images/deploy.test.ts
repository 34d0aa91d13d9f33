import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { connectCaller, type TestCaller } from '../../helpers/alcada/caller.ts'
import { type Alcada, startAlcada } from '../../helpers/alcada/start.ts'
import { openPodman, type Podman } from '../../helpers/containers/podman.ts'
import { deploySteps } from '../../helpers/gitops/steps.ts'
import { needs } from '../../helpers/needs.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const IMAGE = 'localhost/alcada:first'

// Entry points that go wrong: one never listens, one is well in its trial and ends 2 s after it has taken over.
const NEVER = ['/usr/bin/node', '-e', 'setInterval(() => {}, 1000)']
const CRASH = [
  ...['/usr/bin/node', '-e'],
  "if (process.env.ALCADA_STATE_DIR !== '/tmp/trial') setTimeout(() => process.exit(1), 4000); import('/app/servers/main.js')",
]

describe.skipIf(needs('opa', 'podman').missing !== null)(
  'an image is exchanged while an agent calls all the time',
  () => {
    let podman: Podman
    let alcada: Alcada
    let service: ChildProcess
    let place = ''
    let caller: TestCaller
    let calling = true
    let loop: Promise<void>
    let [answered, failed] = [0, [] as unknown[]]

    const at = (name: string): string => join(place, name)
    const serving = (): Promise<string> => podman.run('inspect', '--format', '{{.ImageName}}', 'alcada-omie-1')
    const args = (image: string, trialPort: number, attempts = 120): string[] => [
      ...[
        'engine/alcada.mjs',
        'deploy',
        'omie',
        '--image',
        image,
        '--docker',
        at('podman.sock'),
        '--journal',
        at('deploys'),
      ],
      ...[
        '--front',
        at('front/omie/control.sock'),
        ...['--ops', alcada.ops, '--token-file', at('admin.token')],
        '--trial-port',
        String(trialPort),
        '--every',
        '0.5',
        '--attempts',
        String(attempts),
        '--watch',
        '5',
      ],
    ]
    const deployed = async (
      image: string,
      attempts?: number,
      more: readonly string[] = [],
    ): Promise<{ code: number | null; said: string }> => {
      const given = [...args(image, await freePort(), attempts), ...more]
      const child = spawn(process.execPath, given, { cwd: ROOT, env: podman.env })
      let said = ''
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
      return { code: await new Promise((resolve) => child.once('exit', resolve)), said }
    }
    /** What the ledger says of deploys: who, and what became of each. */
    const entries = (): [string, string][] =>
      alcada
        .ledger()
        .flatMap(({ event }) =>
          event.kind === 'recorded' && event.what === 'deploy'
            ? [[event.caller?.person ?? '', `${event.deploy?.image} ${event.code}`]]
            : [],
        )
    const done = (): { outcome: string; image: string; heldMs: number }[] =>
      readFileSync(at('deploys/deploys.jsonl'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))

    beforeAll(async () => {
      podman = openPodman()
      execFileSync(process.execPath, ['.ci/image.mjs', IMAGE, '--engine', 'podman'], {
        ...{ cwd: ROOT, env: podman.env },
        stdio: ['ignore', 'ignore', 'inherit'],
      })
      alcada = await startAlcada({ erp: 'omie', env: { ALCADA_TRUSTED_PROXIES: '127.0.0.1' } })
      process.kill(alcada.pid, 'SIGTERM')
      while (spawnSync('kill', ['-0', String(alcada.pid)]).status === 0) await sleep(20)
      place = dirname(alcada.env['ALCADA_STATE_DIR'] ?? '')
      for (const [name, lines] of [
        ['second', 'LABEL version=2'],
        ['never', `ENTRYPOINT ${JSON.stringify(NEVER)}`],
        ['crash', `ENTRYPOINT ${JSON.stringify(CRASH)}`],
      ]) {
        writeFileSync(at(`${name}.Dockerfile`), `FROM ${IMAGE}\n${lines}\n`)
        await podman.run(
          'build',
          '--format',
          'docker',
          '--tag',
          `localhost/alcada:${name}`,
          '--file',
          at(`${name}.Dockerfile`),
          place,
        )
      }
      mkdirSync(at('front/omie'), { recursive: true })
      writeFileSync(at('admin.token'), alcada.token('admin', { sub: 'olga', kind: 'human', purpose: 'approvals' }), {
        mode: 0o600,
      })
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
      const env = Object.entries({ ...alcada.env, ALCADA_HOST: '127.0.0.1' }).flatMap(([name, value]) => [
        '--env',
        `${name}=${value}`,
      ])
      await podman.run(...run, '--memory', '4g', '--cpus', '2.0', '--name', 'alcada-omie-1', ...env, IMAGE)
      const front = new URL(`http://127.0.0.1:${await freePort()}/mcp`)
      // As compose.production.yaml starts it, but for where the host's network has it all.
      const { entrypoint, command } = frontOf('omie')
      const places: Record<string, string> = { '0.0.0.0:8080': front.host, 'alcada-omie-1:8080': alcada.mcp.host }
      const frontArgs = command.map((word) => places[word] ?? word.replace(/^\/control/, at('front/omie')))
      await podman.run(...run, '--name', 'front', '--entrypoint', JSON.stringify(entrypoint), IMAGE, ...frontArgs)
      service = spawn('podman', ['system', 'service', '--time', '0', `unix://${at('podman.sock')}`], {
        env: podman.env,
        stdio: 'ignore',
      })
      while (!existsSync(at('podman.sock')) || !existsSync(at('front/omie/control.sock'))) await sleep(50)

      caller = await connectCaller(front, alcada.token('viewer'))
      loop = (async () => {
        while (calling) {
          const told = async (): Promise<string> =>
            (await caller.client.listTools()).tools.map(({ name }) => name).join()
          const called = async (): Promise<string> => (await caller.call('get_customer_by_id', { id: '1' })).kind
          // The ERP itself refuses to be asked the same thing all the time.
          const asked = answered % 20 === 0 ? called : told
          await asked().then(
            (answer) => {
              if (/result|refusal|get_customer_by_id/.test(answer)) answered += 1
              else failed.push(answer)
            },
            (error: unknown) => failed.push(error),
          )
          await sleep(20)
        }
      })()
    }, 300_000)

    afterAll(async () => {
      calling = false
      await loop
      await caller?.close()
      const ended = new Promise((resolve) => service?.once('exit', resolve))
      if (service?.kill()) await ended
      podman?.close()
      await alcada?.stop()
    })

    test('a dry run says what there is and changes nothing', async () => {
      const before = await podman.run('ps', '--all', '--format', '{{.Names}} {{.ID}} {{.ImageID}}')
      const dry = async (image: string) => deployed(image, 1, ['--dry-run'])
      const here = await dry('localhost/alcada:second')
      expect([here.code, here.said]).toEqual([0, expect.stringContaining('`localhost/alcada:second` is here')])
      const missing = await dry('localhost/alcada:none')
      expect([missing.code, missing.said]).toEqual([1, expect.stringContaining('`localhost/alcada:none` is not here')])
      const after = await podman.run('ps', '--all', '--format', '{{.Names}} {{.ID}} {{.ImageID}}')
      expect(after).toBe(before)
      expect([existsSync(at('deploys')), entries()]).toEqual([false, []])
    }, 60_000)

    test('a good image takes over the state of the one before it, by the steps of the workflow', async () => {
      const more = ['--trial-port', String(await freePort()), '--every', '0.5', '--attempts', '120', '--watch', '5']
      const step = deploySteps(at('checkout'), podman.env, more)
      const given = {
        ...{ ERP: 'omie', IMAGE: 'localhost/Alcada', GITHUB_SHA: 'second', PLACE: place, OPS: alcada.ops },
        ...{ DOCKER_SOCKET: at('podman.sock'), TOKEN_FILE: at('admin.token') },
      }
      expect(await step('exchange', 'Exchange the image', given)).toContain('"outcome":"deployed"')
      await step('exchange', 'Health of what serves', given)
      await expect(step('exchange', 'Health of what serves', { ...given, GITHUB_SHA: 'first' })).rejects.toThrow()
      expect(await serving()).toBe('localhost/alcada:second')
      expect(await podman.run('images', '--format', '{{.Repository}}:{{.Tag}}')).toContain('alcada/omie:backup')
    }, 120_000)

    test('an image that never gets ready is refused, and the one before it was not touched', async () => {
      const { code, said } = await deployed('localhost/alcada:never', 6)
      expect([code, said]).toEqual([1, expect.stringContaining('NOT_HEALTHY')])
      expect(await serving()).toBe('localhost/alcada:second')
    }, 120_000)

    test('an image that ends after the switch is rolled back', async () => {
      const { code, said } = await deployed('localhost/alcada:crash')
      expect([code, said]).toEqual([1, expect.stringContaining('ROLLED_BACK')])
      expect(await serving()).toBe('localhost/alcada:second')
    }, 120_000)

    test('an engine that dies in the middle is cleaned up after by the next deploy', async () => {
      const child = spawn(process.execPath, args(IMAGE, await freePort()), {
        cwd: ROOT,
        env: podman.env,
        stdio: 'ignore',
      })
      const underway = at('deploys/omie.underway.json')
      const switching = (): boolean => existsSync(underway) && readFileSync(underway, 'utf8').includes('switching')
      while (child.exitCode === null && !switching()) await sleep(5)
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await ended
      const { code, said } = await deployed(IMAGE)
      expect([code, said]).toEqual([0, expect.stringContaining('died while switching')])
      expect(await serving()).toBe(IMAGE)
    }, 120_000)

    test('each deploy is an entry of the ledger, of the person whose token it had', () => {
      expect(entries()).toEqual([
        ['olga', 'localhost/alcada:second deployed'],
        ['olga', 'localhost/alcada:never refused'],
        ['olga', 'localhost/alcada:crash rolled_back'],
        ['olga', 'localhost/alcada:first recovered'],
        ['olga', 'localhost/alcada:first deployed'],
      ])
    })

    test('no call failed, and each deploy left its line', () => {
      expect(failed).toEqual([])
      expect(answered).toBeGreaterThan(100)
      expect(done().map(({ outcome }) => outcome)).toEqual([
        'deployed',
        'refused',
        'rolled_back',
        'recovered',
        'deployed',
      ])
      console.info(
        `answered ${answered}; held ${done()
          .map(({ heldMs }) => heldMs)
          .join(', ')} ms`,
      )
    })
  },
)

/** The front of an ERP in compose.production.yaml. */
function frontOf(erp: string): { entrypoint: string[]; command: string[] } {
  const file = readFileSync(join(ROOT, 'servers/compose.production.yaml'), 'utf8')
  return parse(file).services[`${erp}-front`]
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
