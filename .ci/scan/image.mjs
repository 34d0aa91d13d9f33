// What is in an image of the servers, as a container engine has it: who it runs as, and every file of it.
import { execFileSync } from 'node:child_process'
import { globSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { secretsIn } from './secrets.mjs'

const KINDS = [
  ['SHELL', /^(sh|bash|dash|ash|zsh|ksh|fish|busybox|toybox)$/, 'whoever gets in has a shell'],
  ['PACKAGE_MANAGER', /^(apt|apt-get|dpkg|apk|rpm|yum|dnf|npm|npx|yarn|pnpm|corepack|pip3?)$/, 'more can be installed'],
  ['COMPILER', /^(gcc|g\+\+|cc|clang|ld|make|tsc|go|opa|git|python3?|perl)$/, 'more can be built'],
]

export async function scanImage(tag, engine) {
  const place = mkdtempSync(join(tmpdir(), 'alcada-scan-'))
  const run = (...args) => execFileSync(engine, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim()
  const made = run('create', tag)
  try {
    const archive = join(place, 'image.tar')
    run('export', '--output', archive, made)
    const [{ Config, ...told }] = JSON.parse(run('image', 'inspect', tag))
    // Podman says it beside its configuration.
    const healthCheck = Config.Healthcheck ?? told.HealthCheck ?? told.Healthcheck
    const entries = listed(archive)
    mkdirSync(join(place, 'files'))
    execFileSync('tar', ['-xf', archive, '-C', join(place, 'files'), '--no-same-owner', '--exclude=dev/*'])
    const secrets = await secretsIn(join(place, 'files'), written(join(place, 'files')))
    return {
      tool: `${engine}, secretlint`,
      files: entries.length,
      findings: [
        ...ofConfig(Config, healthCheck),
        ...ofFiles(entries, Config),
        ...ofList(entries, join(place, 'files')),
        ...secrets.findings,
      ],
    }
  } finally {
    run('rm', '--force', made)
    rmSync(place, { recursive: true, force: true })
  }
}

/** What a package was published with is known to everybody, and full of examples. */
function written(folder) {
  return globSync('**', { cwd: folder }).filter((path) => !path.startsWith('app/node_modules/'))
}

function ofConfig({ User = '' }, healthCheck) {
  const findings = []
  if (/^(|root|0)(:|$)/.test(User))
    findings.push(fault('ROOT', null, `runs as \`${User || 'root'}\``, 'USER 65532:65532'))
  if (!healthCheck?.Test?.length)
    findings.push(
      fault('NO_HEALTH_CHECK', null, 'tells nobody whether it is well', 'HEALTHCHECK in servers/Dockerfile'),
    )
  return findings
}

function ofFiles(entries, { User = '', Volumes }) {
  const volumes = Object.keys(Volumes ?? {}).map((path) => path.slice(1))
  const [user] = User.split(':')
  return entries.flatMap(({ mode, owner, path }) => {
    const kinds = KINDS.filter(([, names]) => mode[0] !== 'd' && names.test(basename(path)))
    const found = kinds.map(([code, , why]) => fault(code, path, why, 'leave it out of .ci/image.mjs'))
    if (/[sS]/.test(mode)) found.push(fault('SETUID', path, `has the mode ${mode}`, 'chmod u-s,g-s'))
    const kept = volumes.some((volume) => path === volume || path.startsWith(`${volume}/`))
    const open = mode[8] === 'w' && !/[tT]/.test(mode[9])
    if (mode[0] !== 'l' && !kept && (open || (owner === user && user !== '0')))
      found.push(
        fault('WRITABLE', path, 'can be changed by the server that runs', 'of root, and nobody else writes it'),
      )
    return found
  })
}

/** The image's own list of its parts, and the packages that are really there. */
function ofList(entries, files) {
  const name = /^app\/node_modules\/(?:.*\/node_modules\/)?((?:@[^/]+\/)?[^/@]+)\/package\.json$/
  const there = new Set(entries.map(({ path }) => name.exec(path)?.[1]).filter(Boolean))
  const list = execFileSync('sh', ['-c', 'cat "$1" 2>/dev/null || echo "{}"', 'sh', join(files, 'app/sbom.cdx.json')])
  const { components = [] } = JSON.parse(list.toString())
  const named = new Set(components.map(({ purl = '' }) => decodeURIComponent(/^pkg:npm\/(.*)@/.exec(purl)?.[1] ?? '')))
  const path = 'app/sbom.cdx.json'
  return [...there]
    .filter((one) => !named.has(one))
    .map((one) => fault('UNLISTED', path, `does not name \`${one}\`, which is there`, 'build it by .ci/image.mjs'))
}

function listed(archive) {
  const options = { encoding: 'utf8', maxBuffer: 64 * 1_048_576 }
  return execFileSync('tar', ['--numeric-owner', '-tvf', archive], options)
    .split('\n')
    .map((line) => /^(\S{10})\s+(\d+)\/\d+\s+\S+\s+\S+\s+\S+\s(.+?)(?: -> .*| link to .*)?$/.exec(line))
    .filter((found) => found !== null)
    .map(([, mode, owner, path]) => ({ mode, owner, path: path.replace(/^\.?\//, '').replace(/\/$/, '') }))
    .filter(({ path }) => !/^(dev|proc|sys)(\/|$)/.test(path))
}

function fault(code, file, message, help) {
  return { code: `IMAGE_${code}`, severity: 'error', file, line: null, column: null, message, help }
}
