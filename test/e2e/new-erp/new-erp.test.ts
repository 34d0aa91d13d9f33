// An ERP comes into being by one command, as an integrator has it: written, checked, and served at once by an agent's tools.
import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectCaller } from '../../helpers/alcada/caller.ts'
import { type Ran, runAlcada } from '../../helpers/alcada/command.ts'
import { copyAsWritten, type TestProject } from '../../helpers/alcada/project.ts'
import { startUp, type Up } from '../../helpers/alcada/up.ts'
import { needs } from '../../helpers/needs.ts'

const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url))
const COMERCIO = join(REPOSITORY, 'test/fixtures/openapi/comercio.yaml')
const COMPOSE = 'servers/compose.production.yaml'

let project: TestProject
const run = (...args: string[]): Promise<Ran> => runAlcada(['--root', project.root, 'new-erp', ...args])
/** Everything below the project, without what machines make for themselves. */
const files = (): string[] =>
  readdirSync(project.root, { recursive: true, encoding: 'utf8' })
    .filter((path) => !path.startsWith('.alcada'))
    .sort()

beforeAll(async () => {
  project = copyAsWritten('nibo')
  mkdirSync(join(project.root, '.github'))
  cpSync(join(REPOSITORY, '.github/workflows'), join(project.root, '.github/workflows'), { recursive: true })
  project.write(COMPOSE, '')
  mkdirSync(join(project.root, 'servers/kubernetes'))
  await runAlcada(['--root', project.root, 'compose'])
})
afterAll(() => project.remove())

describe('the command', () => {
  test('names all that is missing, where nobody can be asked', async () => {
    const { code, err } = await run()
    expect([code, err]).toEqual([
      2,
      'alcada: expected a name, --api-url URL, --auth-type body|header|query|basic|session|oauth2; run it in a terminal to be asked\n',
    ])
  })

  test('writes everything of an ERP, and says what is to be reviewed', async () => {
    const before = files()
    const { code, out } = await run('comercio', '--from-openapi', COMERCIO, '--owner', 'ana@example.com')
    expect(code).toBe(0)
    expect(out).toContain(
      '  create_payment             settle  POST /v2/contas/pagar/{id}/baixar\n    ! nothing fills `/forma`',
    )
    expect(out).toContain('2 operations became no tool: erps/comercio/README.md says why')
    const policy = ['alerts', 'decision', 'rbac', 'security'].flatMap((name) => [`${name}.rego`, `${name}_test.rego`])
    const yaml = ['alerts', 'decisions', 'owners', 'rbac', 'security'].map((name) => `${name}.yaml`)
    expect(files().filter((path) => !before.includes(path))).toEqual(
      [
        '.github/workflows/deploy-comercio.yml',
        ...['', '/README.md', '/erp.yaml', '/sandbox', '/sandbox/stand-in.yaml', '/tools.yaml'].map(
          (name) => `erps/comercio${name}`,
        ),
        'policies/comercio',
        ...['', '/comercio', '/comercio/erp', '/comercio/erp/kustomization.yaml', '/comercio/erp/namespace.yaml'].map(
          (name) => `servers/kubernetes/overlays${name}`,
        ),
        ...['postgres', 'sqlite']
          .flatMap((name) => [`${name}`, `${name}/kustomization.yaml`])
          .map((name) => `servers/kubernetes/overlays/comercio/${name}`),
        ...[...policy, ...yaml].map((name) => `policies/comercio/${name}`),
      ].sort(),
    )
    expect(project.read(COMPOSE)).toContain('\n  comercio:\n')
    expect(project.read(COMPOSE)).toContain('\n  nibo:\n')
  })

  test('overwrites nothing, and leaves a Compose file alone that somebody changed', async () => {
    const { code, err } = await run('nibo', '--api-url', 'https://x.example', '--auth-type', 'basic')
    expect([code, err]).toEqual([
      2,
      'alcada: `erps/nibo` is there already, and nothing is overwritten: take another name\n',
    ])
    project.write(COMPOSE, `${project.read(COMPOSE)}# ours\n`)
    const changed = project.read(COMPOSE)
    expect((await run('corpo', '--api-url', 'https://x.example', '--auth-type', 'body')).out).toContain(
      `no service in ${COMPOSE}`,
    )
    expect(project.read(COMPOSE)).toBe(changed)
  })

  test('writes nothing where the description is none', async () => {
    const { code, err } = await run('other', '--from-openapi', join(project.root, 'policies/nibo/rbac.yaml'))
    expect([code, err]).toEqual([2, expect.stringContaining('expected `openapi: 3.0` or `3.1`, got null')])
    expect(existsSync(join(project.root, 'erps/other'))).toBe(false)
    expect(readdirSync(join(project.root, '.alcada'))).toEqual([])
  })

  test.skipIf(needs('script').missing !== null)(
    'asks on a terminal for what is not given, and again for what cannot be',
    async () => {
      const command = `"${process.execPath}" "${join(REPOSITORY, 'engine/cli.ts')}" --root "${project.root}" new-erp`
      const env = { ...process.env, CI: '' }
      const child = spawn('script', ['-qec', command, '/dev/null'], { env, stdio: ['pipe', 'pipe', 'inherit'] })
      const answers: [string, string][] = [
        ['Name of its folders', 'Loja'],
        ['beginning with a letter', 'loja'],
        ['What people call it [Loja]', ''],
        ['Its OpenAPI description', ''],
        ['Address of its API', 'https://api.loja.example'],
        ['How it knows who calls', 'session'],
        ['E-mail of who answers', 'ana@example.com'],
      ]
      let said = ''
      child.stdout.on('data', (chunk: Buffer) => {
        said += chunk.toString()
        const [next] = answers
        if (next === undefined || !said.includes(next[0])) return
        said = ''
        answers.shift()
        child.stdin.write(`${next[1]}\r`)
      })
      await Promise.all([text(child.stdout), new Promise((resolve) => child.once('close', resolve))])
      expect(answers).toEqual([])
      expect(project.read('erps/loja/erp.yaml')).toContain('in: session')
      expect(project.read('policies/loja/owners.yaml')).toContain('ana@example.com')
    },
  )
})

describe('what it wrote', () => {
  let up: Up
  beforeAll(async () => {
    await run('conta', '--api-url', 'https://api.conta.example/v1', '--auth-type', 'oauth2')
    // A verification takes as long as the ERP's rate asks for.
    project.replace('erps/corpo/erp.yaml', 'max: 3, perMs', 'max: 20, perMs')
    project.replace('erps/corpo/sandbox/stand-in.yaml', 'max: 6, perMs', 'max: 40, perMs')
    up = await startUp(project.root, ['comercio', 'corpo', 'conta'])
  })
  afterAll(async () => void (await up?.stop()))

  test('passes the check, with a warning for what nobody has reviewed', async () => {
    const { code, out } = await runAlcada(['--root', project.root, 'check', 'comercio', '--format', 'json'])
    const { findings } = JSON.parse(out)
    expect(findings.map((finding: { code: string }) => finding.code)).toEqual(['TOOL_UNREVIEWED'])
    expect(code).toBe(0)
  })

  test('passes its own verification', async () => {
    const { code, out } = await runAlcada(['--root', project.root, 'verify-erp', 'corpo', '--format', 'json'])
    const { passed, failed } = JSON.parse(out)
    expect([code, failed, passed > 40]).toEqual([0, 0, true])
  })

  test.each([
    ['comercio', '7', 'Padaria Aurora', 5],
    ['corpo', 'c1', 'Padaria Aurora Ltda', 8],
    ['conta', 'c1', 'Padaria Aurora Ltda', 10],
  ])('serves %s at once: a viewer reads, masked, and has nothing else', async (erp, id, name, tools) => {
    const { mcp = '', tokens = {} } = up.erps[erp] ?? {}
    const viewer = await connectCaller(new URL(mcp), tokens['viewer'] ?? '')
    const admin = await connectCaller(new URL(mcp), tokens['admin'] ?? '')
    try {
      expect((await viewer.client.listTools()).tools).toHaveLength(tools)
      expect(await viewer.data('get_customers_list', { page_size: 1 })).toMatchObject([
        { id, name, document: '**.222.333/****-**' },
      ])
      expect(await viewer.data('get_customer_by_id', { id })).toMatchObject({ id, name })
      expect(await viewer.data('get_customers_list', { name_contains: 'aurora' })).toHaveLength(1)
      expect(await viewer.call('get_customer_by_id', { id: '999' })).toMatchObject({ error: { code: 'erp_not_found' } })
      for (const caller of [viewer, admin]) {
        const told = await caller.call('create_customer', { reference: 'C-1', name: 'New', document: '12345678000195' })
        expect(told).toMatchObject({ kind: 'protocol_error', code: -32602 })
      }
    } finally {
      await Promise.all([viewer.close(), admin.close()])
    }
  })
})
