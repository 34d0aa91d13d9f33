// The security scan of the deploy workflow, as it is run: clean on this repository, and each kind of planted fault is found.
import { execFileSync, spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'alcada-scan-test-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

interface Part {
  part: string
  status: string
  findings: { code: string; file: string; line: number; message: string; help: string }[]
}

/** Runs the scan; npm answers with `audit`, or is not reached. */
async function scan(root: string, { audit = '', args = [] as string[] } = {}) {
  const bin = join(folder, 'bin')
  mkdirSync(bin, { recursive: true })
  const answer = audit === '' ? 'echo "{\\"message\\":\\"no network\\"}"; exit 1' : `cat <<'END'\n${audit}\nEND`
  writeFileSync(join(bin, 'npm'), `#!/bin/sh\n${answer}\n`, { mode: 0o755 })
  const report = join(folder, 'scan.json')
  const child = spawn(process.execPath, ['.ci/scan.mjs', '--root', root, '--report', report, ...args], {
    ...{ cwd: ROOT, env: { PATH: `${bin}:${process.env['PATH']}` } },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const code = await new Promise((resolve) => child.once('exit', resolve))
  const { parts }: { parts: Part[] } = JSON.parse(readFileSync(report, 'utf8'))
  const found = parts.flatMap(({ findings }) => findings.map(({ code, file, line }) => `${code} ${file}:${line}`))
  return { code, said, found, status: Object.fromEntries(parts.map(({ part, status }) => [part, status])) }
}

/** A repository of these files. */
function repository(files: Record<string, string>): string {
  const root = join(folder, 'repository')
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@localhost', ...args], { cwd: root })
  git('init', '--quiet')
  git('add', '--all')
  git('commit', '--quiet', '--message', 'first')
  return root
}

const NOTHING = '{"auditReportVersion":2,"vulnerabilities":{},"metadata":{"dependencies":{"prod":3}}}'

test('this repository is clean, and no exception stands there that is not needed', async () => {
  const { code, found, status } = await scan(ROOT, { audit: NOTHING, args: ['--online'] })
  expect(found).toEqual([])
  expect([code, status]).toEqual([0, { static: 'clean', secrets: 'clean', dependencies: 'clean', accepted: 'clean' }])
})

test('code that runs what it is given, hangs, or compares a secret by and by, and secrets are found with their place', async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const root = repository({
    'engine/run.ts': 'export const run = (code: string): unknown =>\n  eval(code)\n',
    'servers/slow.ts': 'export const slow = (text: string): boolean => /^(a+)+$/.test(text)\n',
    'servers/compare.ts': 'export const same = (token: string, given: string): boolean => token === given\n',
    'servers/shell.ts': "import { exec } from 'node:child_process'\nexport const go = (name: string) => exec(name)\n",
    'servers/fine.ts': "export const fine = (token?: string): boolean => token !== undefined && token !== ''\n",
    'erps/omie/key.pem': key,
    'notes.md': `hooks: https://hooks.slack.com/services/T00000000/B00000000/${'x1Y2'.repeat(6)}\n`,
    '.ci/scan/accepted.json': '[{ "file": "servers/gone.ts", "code": "STATIC_NO_EVAL", "why": "it was" }]',
  })
  const { code, found, status, said } = await scan(root)
  expect(found.sort()).toEqual([
    'ACCEPTED_GONE .ci/scan/accepted.json:null',
    'SECRET_PRIVATEKEY erps/omie/key.pem:1',
    'SECRET_SLACK notes.md:1',
    'STATIC_DETECT_CHILD_PROCESS servers/shell.ts:2',
    'STATIC_DETECT_EVAL_WITH_EXPRESSION engine/run.ts:2',
    'STATIC_NO_EVAL engine/run.ts:2',
    'STATIC_NO_RESTRICTED_SYNTAX servers/compare.ts:1',
    'STATIC_NO_SUPER_LINEAR_BACKTRACKING servers/slow.ts:1',
  ])
  expect([code, status['dependencies']]).toEqual([3, 'unreachable'])
  expect(said).not.toContain(key.split('\n')[1])
})

test('a dependency with a known hole is found; where nobody could be asked, --online insists', async () => {
  const root = repository({ 'package-lock.json': '{}' })
  const via = [{ title: 'Prototype pollution', url: 'https://github.com/advisories/GHSA-x' }]
  const hole = (severity: string) =>
    JSON.stringify({
      vulnerabilities: { a: { name: 'a', severity, range: '<2', via, fixAvailable: true } },
      metadata: {},
    })
  expect(await scan(root, { audit: hole('high') })).toMatchObject({
    code: 3,
    found: ['DEPENDENCY package-lock.json:null'],
  })
  expect(await scan(root, { audit: hole('low') })).toMatchObject({
    code: 0,
    found: ['DEPENDENCY package-lock.json:null'],
  })
  expect(await scan(root)).toMatchObject({ code: 0, status: { dependencies: 'unreachable' } })
  expect(await scan(root, { args: ['--online'] })).toMatchObject({ code: 1 })
})
