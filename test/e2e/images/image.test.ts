import { execFileSync, spawnSync } from 'node:child_process'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectCaller } from '../../helpers/alcada/caller.ts'
import { type Alcada, startAlcada } from '../../helpers/alcada/start.ts'
import { kernelLimits, statusOf } from '../../helpers/containers/cgroup.ts'
import { openPodman, type Podman } from '../../helpers/containers/podman.ts'
import { needs } from '../../helpers/needs.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const IMAGE = 'localhost/alcada:test'
const GIB = 1024 ** 3
const NOBODY = '65532'

describe.skipIf(needs('opa', 'podman').missing !== null)('the image of the servers', () => {
  let podman: Podman
  let alcada: Alcada
  let pid = 0
  let health = ''

  beforeAll(async () => {
    podman = openPodman()
    execFileSync(process.execPath, ['.ci/image.mjs', IMAGE, '--engine', 'podman'], {
      ...{ cwd: ROOT, env: podman.env },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    alcada = await startAlcada({ erp: 'omie' })
    // From here on the container is this ERP's server, on the same ports and with the same state.
    await stopped(alcada.pid)
    const place = dirname(alcada.env['ALCADA_STATE_DIR'] ?? '')
    execFileSync('chown', ['-R', `${NOBODY}:${NOBODY}`, place])
    const env = Object.entries({ ...alcada.env, ALCADA_HOST: '127.0.0.1' })
    await podman.run(
      ...['run', '--detach', '--name', 'omie', '--read-only', '--cap-drop', 'all', '--no-healthcheck'],
      ...['--security-opt', 'no-new-privileges', '--cpus', '2.0', '--memory', '4g', '--memory-reservation', '2g'],
      ...['--cpu-shares', '1024', '--pids-limit', '256', '--volume', `${place}:${place}`],
      ...env.flatMap(([name, value]) => ['--env', `${name}=${value}`]),
      IMAGE,
    )
    health = new URL('/health', alcada.mcp).href
    await answering(`${health}/ready`)
    pid = Number(await podman.run('inspect', '--format', '{{.State.Pid}}', 'omie'))
  }, 300_000)

  afterAll(async () => {
    podman?.close()
    await alcada?.stop()
  })

  test('serves the published bundle and answers /health', async () => {
    expect(await (await fetch(health)).json()).toMatchObject({ status: 'enforcing', erp: 'omie', revision: 1 })
    const viewer = await connectCaller(alcada.mcp, alcada.token('viewer'))
    const { tools } = await viewer.client.listTools()
    expect(tools.map(({ name }) => name)).toContain('get_customer_by_id')
  })

  test('is held by the kernel to two processors and 4 GB, with 2 GB kept for it', () => {
    expect(kernelLimits(pid)).toEqual({ cpus: 2, memoryBytes: 4 * GIB, reservedBytes: 2 * GIB })
  })

  test('runs as nobody, without a capability and without a way to get one', () => {
    expect(statusOf(pid, 'Uid').split(/\s+/)).toEqual([NOBODY, NOBODY, NOBODY, NOBODY])
    expect(statusOf(pid, 'CapEff')).toBe('0000000000000000')
    expect(statusOf(pid, 'NoNewPrivs')).toBe('1')
  })

  test('writes nowhere but into its volumes', async () => {
    const script = "require('node:fs').writeFileSync('/app/x', '')"
    const write = podman.run('exec', 'omie', '/usr/bin/node', '-e', script)
    await expect(write).rejects.toThrow('EROFS')
    const keep = "for (const at of ['/state', '/logs']) require('node:fs').writeFileSync(at + '/x', '')"
    const volumes = ['--volume', 'state:/state', '--volume', 'logs:/logs', '--entrypoint', '/usr/bin/node']
    expect(await podman.run('run', '--rm', '--read-only', '--no-healthcheck', ...volumes, IMAGE, '-e', keep)).toBe('')
  })

  test('tells its health by itself, without a shell', async () => {
    const check = ['/usr/bin/node', '/app/servers/health-check.mjs']
    expect(await podman.run('exec', 'omie', ...check)).toBe('')
    // A port at which nobody answers.
    await expect(podman.run('exec', 'omie', ...check, '1')).rejects.toMatchObject({ code: 1 })
    const told = JSON.parse(await podman.run('image', 'inspect', IMAGE))
    expect(told[0].Config.User).toBe('65532:65532')
    expect(told[0].HealthCheck ?? told[0].Healthcheck).toMatchObject({
      ...{ Test: ['CMD', ...check], Interval: 30e9, Timeout: 10e9, Retries: 3 },
    })
  })

  test('has no shell, no package manager, no compiler, nothing that signs, and a list of all it is made of', async () => {
    const list = `process.stdout.write(require('node:fs').readdirSync('/').filter((top) => !/^(proc|sys|dev|run|tmp)$/.test(top))
      .flatMap((top) => require('node:fs').readdirSync('/' + top, { recursive: true }).map((name) => top + '/' + name)).join('\\n'))`
    const files = (await podman.run('exec', 'omie', '/usr/bin/node', '-e', list)).split('\n')
    const base = files.map((file) => file.split('/').at(-1))
    for (const name of ['sh', 'bash', 'busybox', 'npm', 'npx', 'apt', 'tsc', 'opa', 'git'])
      expect(base).not.toContain(name)
    expect(files.filter((file) => /^app\/engine\/(?!contract|channel)/.test(file))).toEqual([])
    expect(
      files.filter((file) => /^app\/node_modules\/(typescript|@octokit|simple-git|vitest|commander)/.test(file)),
    ).toEqual([])

    const show = "process.stdout.write(require('node:fs').readFileSync('/app/sbom.cdx.json'))"
    const sbom = JSON.parse(await podman.run('exec', 'omie', '/usr/bin/node', '-e', show))
    const named = sbom.components.map(({ purl }: { purl: string }) =>
      decodeURIComponent(purl.split('/').slice(1).join('/')).replace(/@[^@]*$/, ''),
    )
    const shipped = files
      .map((file) => /^app\/node_modules\/(?:.*\/node_modules\/)?((?:@[^/]+\/)?[^/@]+)\/package\.json$/.exec(file)?.[1])
      .filter((name) => name !== undefined)
    expect(sbom.bomFormat).toBe('CycloneDX')
    expect([...new Set(named)].sort()).toEqual([...new Set(shipped)].sort())
  })

  test('ends by itself when it is asked to, and says so by 0', async () => {
    await podman.run('stop', '--time', '30', 'omie')
    expect(await podman.run('inspect', '--format', '{{.State.ExitCode}}', 'omie')).toBe('0')
  })
})

async function answering(url: string): Promise<void> {
  for (;;) {
    const answer = await fetch(url).catch(() => null)
    if (answer?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

async function stopped(pid: number): Promise<void> {
  process.kill(pid, 'SIGTERM')
  while (spawnSync('kill', ['-0', String(pid)]).status === 0) await new Promise((resolve) => setTimeout(resolve, 20))
}
