import { execFileSync, spawnSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectCaller } from '../../helpers/alcada/caller.ts'
import { type Alcada, startAlcada } from '../../helpers/alcada/start.ts'
import { kernelLimits, statusOf } from '../../helpers/containers/cgroup.ts'
import { openPodman, type Podman } from '../../helpers/containers/podman.ts'
import { deploySteps, type RunStep } from '../../helpers/gitops/steps.ts'
import { needs } from '../../helpers/needs.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const COMMIT = '0123456789abcdef0123456789abcdef01234567'
const IMAGE = `localhost/alcada/omie:${COMMIT}`
// As GitHub has it: a registry's names are small, an owner's need not be.
const STEP = { IMAGE: 'localhost/Alcada/omie', GITHUB_SHA: COMMIT, GITHUB_ACTOR: 'alice', TOKEN: 'token-of-the-run' }
const GIB = 1024 ** 3
const NOBODY = '65532'

describe.skipIf(needs('opa', 'podman').missing !== null)('the image of the servers', () => {
  let podman: Podman
  let alcada: Alcada
  let pid = 0
  let health = ''
  let checkout = ''
  let step: RunStep

  beforeAll(async () => {
    podman = openPodman()
    checkout = mkdtempSync(join(tmpdir(), 'alcada-checkout-'))
    step = deploySteps(checkout, podman.env)
    await step('image', 'Build, tagged', STEP)
    alcada = await startAlcada({ erp: 'omie' })
    // From here on the container is this ERP's server, on the same ports and with the same state.
    await stopped(alcada.pid)
    const place = dirname(alcada.env['ALCADA_STATE_DIR'] ?? '')
    execFileSync('chown', ['-R', `${NOBODY}:${NOBODY}`, place])
    // As Kubernetes mounts a secret (fsGroup).
    const secrets = alcada.env['ALCADA_SECRETS_FILE'] ?? ''
    execFileSync('chown', [`0:${NOBODY}`, secrets])
    execFileSync('chmod', ['0440', secrets])
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
    rmSync(checkout, { recursive: true, force: true })
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

  test('its scan finds nothing, and finds a shell, root, a hole in its list and what the server could change where they are', async () => {
    expect(await step('image', 'Security scan', STEP)).toMatch(/^image: clean, \d+ looked at\n$/)
    expect(JSON.parse(readFileSync(join(checkout, 'scan-image.json'), 'utf8'))).toMatchObject({
      ...{ image: IMAGE, parts: [{ part: 'image', status: 'clean', findings: [] }] },
    })
    writeFileSync(join(checkout, 'sh'), '#!')
    writeFileSync(join(checkout, 'package.json.added'), '{}')
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    writeFileSync(join(checkout, 'key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }))
    const planted = [
      ...[`FROM ${IMAGE}`, 'COPY --chmod=4755 sh /bin/sh', 'COPY --chmod=666 key.pem /app/key.pem'],
      ...['COPY package.json.added /app/node_modules/hidden/package.json', 'USER 0'],
    ]
    writeFileSync(join(checkout, 'planted.Dockerfile'), planted.join('\n'))
    const bad = `localhost/alcada/omie:bad`
    await podman.run('build', '--squash', '--tag', bad, '--file', join(checkout, 'planted.Dockerfile'), checkout)
    const scanned = step('image', 'Security scan', { ...STEP, GITHUB_SHA: 'bad' })
    await expect(scanned).rejects.toMatchObject({ code: 3 })
    const { parts } = JSON.parse(readFileSync(join(checkout, 'scan-image.json'), 'utf8'))
    const found = parts[0].findings.map(({ code, file }: { code: string; file: string }) => `${code} ${file}`)
    expect(found.sort()).toEqual([
      // Built without `--format docker`.
      'IMAGE_NO_HEALTH_CHECK null',
      'IMAGE_ROOT null',
      'IMAGE_SETUID bin/sh',
      'IMAGE_SHELL bin/sh',
      'IMAGE_UNLISTED app/sbom.cdx.json',
      'IMAGE_WRITABLE app/key.pem',
      'SECRET_PRIVATEKEY app/key.pem',
    ])
  }, 120_000)

  test('the same sources, elsewhere and under another mask, lay out the same image to the last bit', () => {
    const again = join(checkout, 'again')
    execFileSync('sh', ['-c', 'umask 077; exec "$0" .ci/image.mjs --context "$1"', process.execPath, again], {
      ...{ cwd: ROOT, env: podman.env },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    expect(laidOut(again)).toBe(laidOut(join(checkout, 'context')))
  }, 120_000)

  test('is pushed by its commit and as the latest, and the token is in no argument', async () => {
    await step('image', 'Push', STEP)
    expect(readFileSync(join(checkout, 'docker.log'), 'utf8').trim().split('\n')).toEqual([
      'login ghcr.io --username alice --password-stdin',
      `push ${IMAGE}`,
      'push localhost/alcada/omie:latest',
    ])
  })

  test('ends by itself when it is asked to, and says so by 0', async () => {
    await podman.run('stop', '--time', '30', 'omie')
    expect(await podman.run('inspect', '--format', '{{.State.ExitCode}}', 'omie')).toBe('0')
  })
})

/** Every file of a folder: rights, time, where a link leads, and what it holds. */
function laidOut(folder: string): string {
  const list = "find . -mindepth 1 -printf '%p %m %T@ %l\\n' -type f -exec sha256sum {} + | sort"
  return execFileSync('sh', ['-c', list], { cwd: folder, encoding: 'utf8', maxBuffer: 16 * 1_048_576 })
}

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
