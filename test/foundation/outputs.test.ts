import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { PERSON, plantedIn, RANDOM_KEY } from '../helpers/outputs/person.ts'

const root = join(import.meta.dirname, '..', '..')
const helpers = join(root, 'test', 'helpers')
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'alcada-outputs-test-'))
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  await mkdir(join(folder, 'test'))
  await mkdir(join(folder, 'servers'))
  // A server that says on both streams what it is given.
  await writeFile(
    join(folder, 'servers', 'main.ts'),
    'process.stderr.write(process.argv[2]); process.stdout.write(process.argv[3] ?? "")',
  )
  await writeFile(
    join(folder, 'vitest.config.ts'),
    `import { SummaryReporter } from '${helpers}/summary-reporter.ts'
     export default { test: { include: ['test/*.test.ts'], reporters: [new SummaryReporter()],
       globalSetup: ['${helpers}/outputs/prepare.ts'], setupFiles: ['${helpers}/outputs/gather.ts'] } }`,
  )
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** A run whose only test passes, and lets something out. */
async function run(body: string): Promise<{ code: number; lines: string[] }> {
  await writeFile(
    join(folder, 'test', 'a.test.ts'),
    `import { execFileSync, spawn } from 'node:child_process'
     import { once } from 'node:events'
     import { createServer } from 'node:http'
     import { test } from 'vitest'
     import { plantSecrets, recordOutput } from '${helpers}/outputs/outputs.ts'
     const said = async (...args) => {
       const child = spawn(process.execPath, ['${folder}/servers/main.ts', ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
       child.stderr.resume()
       child.stdout.resume()
       await once(child, 'close')
     }
     const answered = async (path, text) => {
       const server = createServer((_, response) => response.end(text)).listen(0)
       await once(server, 'listening')
       await (await fetch('http://127.0.0.1:' + server.address().port + path)).text()
       server.close()
     }
     test('passes', async () => { ${body} })`,
  )
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const env = { PATH: process.env['PATH'] ?? '', NO_COLOR: '1' }
  return new Promise((resolve) => {
    execFile(process.execPath, [vitest, 'run', '--root', folder], { cwd: folder, env }, (error, stdout) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, lines: stdout.trimEnd().split('\n') })
    })
  })
}

describe('a run fails whose servers let out', () => {
  test.each([
    ['a CPF, on stderr', `await said('cpf 529.982.247-25')`, 'CPF in stderr of main.ts'],
    [
      'a document of the seed data, on stderr',
      `await said('191322213-63')`,
      'a document of the seed data in stderr of main.ts',
    ],
    [
      'a PIX key, in a mail',
      `recordOutput('open', 'a mail', 'pix ${RANDOM_KEY.toUpperCase()}')`,
      'random PIX key in a mail',
    ],
    ['a person, in metrics', `await answered('/metrics', 'tool="${PERSON.email}"')`, 'e-mail in an answer of /metrics'],
    [
      'a token, on stderr',
      `await said('eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ1MTcifQ.${'A'.repeat(86)}')`,
      'a signed token in stderr',
    ],
    [
      'a credential, in a reply',
      `plantSecrets(['k3y-of-the-erp-0001']); await answered('/mcp', Buffer.from('x k3y-of-the-erp-0001').toString('base64'))`,
      'a credential in an answer of /mcp',
    ],
    [
      'a credential, on stdout',
      `plantSecrets(['k3y-of-the-erp-0001']); await said('', 'k3y-of-the-erp-0001')`,
      'a credential in stdout of main.ts',
    ],
  ])('%s', async (_, body, told) => {
    const { code, lines } = await run(body)
    expect([code, lines.at(-1)]).toEqual([1, 'Tests: 1 passed, 1 failed, 0 skipped'])
    const found = lines.filter((line) => line.startsWith('  test/a.test.ts: '))
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(told)
  })
})

test('a run passes whose ERP says a credential to a test that asks it itself', async () => {
  const { code, lines } = await run(`
    plantSecrets(['k3y-of-the-erp-0001'])
    for (const path of ['/api/v1/geral/clientes/', '/empresas/v1/customers', '/erp/']) await answered(path, 'k3y-of-the-erp-0001')
  `)
  expect([code, lines.at(-1)]).toEqual([0, 'Tests: 1 passed, 0 failed, 0 skipped'])
})

test('a run passes whose servers show her to whoever may see her, and say what only looks like it', async () => {
  const { code, lines } = await run(`
    await answered('/mcp', '${PERSON.document}')
    await said('cpf ***.982.247-** at 1764340805229982, order 9529982247250')
  `)
  expect([code, lines.at(-1)]).toEqual([0, 'Tests: 1 passed, 0 failed, 0 skipped'])
})

test.each([
  ['as it is', (v: string) => v],
  ['with spaces', (v: string) => [...v].join(' ')],
  ['percent-encoded', (v: string) => [...v].map((c) => `%${c.charCodeAt(0).toString(16)}`).join('')],
  ['in JSON', (v: string) => [...v].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')],
  ['in HTML', (v: string) => [...v].map((c) => `&#${c.charCodeAt(0)};`).join('')],
  ['in base64', (v: string) => Buffer.from(v).toString('base64')],
  ['in base64, behind something else', (v: string) => `id=${Buffer.from(`{"a":"${v}"}`).toString('base64url')}&x`],
  ['in base64 in JSON in base64', (v: string) => encodeURIComponent(Buffer.from(`"${v}"`).toString('base64'))],
  ['in hex', (v: string) => Buffer.from(v).toString('hex')],
])('what is planted is found %s', (_, way) => {
  const values = ['52998224725', '529.982.247-25', 'qx7zt2k400km08', 'QX.7ZT.2K4/00KM-08', '+5511987654321', RANDOM_KEY]
  expect(values.map((value) => plantedIn(`a ${way(value)} b`).slice(0, 1))).toEqual([
    ...[['CPF'], ['CPF'], ['alphanumeric CNPJ'], ['alphanumeric CNPJ'], ['telephone'], ['random PIX key']],
  ])
})
