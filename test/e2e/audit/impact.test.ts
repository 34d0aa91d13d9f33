import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { simpleGit } from 'simple-git'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { developmentKeys } from '../../../engine/access/development-keys.ts'
import { signedBundle } from '../../../engine/commands/sign.ts'
import { compileErp } from '../../../engine/compile/compile.ts'
import { candidatePath } from '../../../engine/contract/channel.ts'
import { openGitHub } from '../../../engine/gitops/github/client.ts'
import { loadTree } from '../../../engine/load/load.ts'
import { validateTree } from '../../../engine/validate/validate.ts'
import { type Ran, runAlcada } from '../../helpers/alcada/command.ts'
import { copyAsWritten } from '../../helpers/alcada/project.ts'
import { startRegistry } from '../../helpers/channel/registry.ts'
import { cloneAs, seedRepo } from '../../helpers/github/clone.ts'
import { startGitHub } from '../../helpers/github/stand-in.ts'
import { type Line, openLine } from '../../helpers/line/line.ts'
import { atAnyHour } from '../../helpers/line/policy.ts'
import { needs } from '../../helpers/needs.ts'

const RBAC = 'policies/omie/rbac.yaml'
const TABLE = 'policies/omie/decisions.yaml'
let line: Line
let place: string
beforeAll(async () => {
  line = await openLine({ erp: 'omie' })
  const { root } = line.alcada.project
  place = dirname(line.alcada.env['ALCADA_TRUST_FILE'] ?? '')
  const git = simpleGit({ baseDir: root })
  await git.init()
  await git.addConfig('user.name', 'Finance').addConfig('user.email', 'finance@example.com.br')
  await git.add('.')
  await git.commit('Start')
})
afterAll(() => line.stop())

function alcada(...args: string[]): Promise<Ran> {
  const env = { ALCADA_STATE_DIR: line.alcada.env['ALCADA_STATE_DIR'] ?? '', ALCADA_OPA: inject('compiler') }
  return runAlcada(['--root', line.alcada.project.root, ...args], env)
}

async function candidate(): Promise<Uint8Array> {
  const erp = validateTree((await loadTree(line.alcada.project.root, ['omie'])).tree).erps['omie']
  if (erp === undefined) throw new Error('expected valid policies')
  const compiled = await compileErp(erp, { compiler: inject('compiler'), checks: 'fast', differing: 'warning' })
  return signedBundle(compiled, {
    revision: 2,
    key: (await developmentKeys(place)).bundle,
    nowMs: Date.now(),
    kind: 'candidate',
  })
}

async function pay(reference: string): Promise<string> {
  const told = await line.call('operator', 'create_payment', {
    ...{ payable_id: '2701003', account_id: '2243121', amount: 1000.01, date: '2026-11-25', reference },
  })
  return told.refusal?.error.code ?? 'done'
}

describe('a limit that is raised', () => {
  test('shows live what it would have decided, while only the policy in force acts', async () => {
    line.alcada.project.replace(RBAC, 'up_to: 1000.00, currency', 'up_to: 2000.00, currency')
    const path = join(line.alcada.env['ALCADA_CHANNEL'] ?? '', candidatePath('omie'))
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, await candidate())
    const tokenFile = join(place, 'approver.token')
    const token = line.alcada.token('approver', { sub: 'u90', kind: 'human', purpose: 'approvals' })
    writeFileSync(tokenFile, token, { mode: 0o600 })
    const live = async (): Promise<Ran> =>
      alcada('impact', '--live', '--ops', line.alcada.ops, '--token-file', tokenFile)
    while (!(await live()).out.includes('candidate revision 2'))
      await new Promise((resolve) => setTimeout(resolve, 100))
    expect(await pay('PG-1')).toBe('approval_required')
    while (!(await live()).out.includes('1 of 1 decisions replayed'))
      await new Promise((resolve) => setTimeout(resolve, 100))
    expect((await live()).out).toContain(
      'operator, create_payment on omie, above R$ 1.000,00 up to R$ 2.000,00: 1 approval by approver → allowed: 1 call\n',
    )
    expect(line.received('LancarPagamento')).toBe(0)
    const metrics = await (await fetch(`${line.alcada.ops}/metrics`)).text()
    expect(metrics).toMatch(/alcada_candidate_decisions_total\{outcome="approvals",erp="omie"\} 1/)
    expect((await fetch(`${line.alcada.ops}/policy/candidate`)).status).toBe(401)
    expect(await (await fetch(`${line.alcada.mcp.origin}/health`)).text()).toContain('"revision":1')
  })

  test('shows by the log what it would have made of the calls that were made', async () => {
    const log = join(place, 'omie.jsonl.gz')
    expect((await alcada('audit', 'export', 'omie', '--replay', '--out', log)).code).toBe(0)
    expect(gunzipSync(readFileSync(log)).toString()).toContain('"path":"omie/decision"')
    const ran = await alcada('impact', '--base', 'HEAD', '--log', log, '--format', 'json')
    expect(ran).toMatchObject({ code: 0 })
    expect(JSON.parse(ran.out)).toMatchObject({
      to_allow: [],
      to_deny: [],
      approvals: [{ tool: 'create_payment', role: 'operator', to: { effect: 'allow' }, count: 1 }],
      not_replayed: [],
      drift: [],
    })
    const comment = await alcada('impact', '--base', 'HEAD', '--log', log, '--format', 'comment')
    expect(comment.out).not.toMatch(/1000.01|100001|PG-1|2701003|12345678000195|u17/)
  })

  test('the pull request gets its counts in the one comment, and nothing out of a call', async () => {
    const log = join(place, 'omie.jsonl.gz')
    const github = await startGitHub()
    try {
      await github.addRepo('acme/policies', { rights: { author: 'write' } })
      // The policy that is in force, at any hour, without the rows of its table that the raised limit would contradict.
      const project = copyAsWritten('omie')
      atAnyHour(project, 'omie')
      const rows = project.read(TABLE).split('\n')
      const kept = rows.filter((row) => !/outside_hours|\/fine: 2\.01|discount|forgive|1000\.01/.test(row))
      project.write(TABLE, kept.join('\n'))
      await seedRepo(github, 'acme/policies', { folder: project.root })
      const raised = project.read(RBAC).replace('up_to: 1000.00, currency', 'up_to: 2000.00, currency')
      project.remove()
      const clone = await cloneAs(github, 'acme/policies', 'author')
      await clone.git('checkout', '--quiet', '-b', 'raise')
      await clone.commit('Raise', { [RBAC]: raised })
      await clone.git('push', '--quiet', 'origin', 'raise')
      const { apiUrl, serverUrl } = github
      const opened = openGitHub({ apiUrl, token: github.account('author').token, repository: 'acme/policies' })
      const { data } = await opened.octokit.rest.pulls.create({
        ...opened.at,
        title: 'Raise',
        head: 'raise',
        base: 'main',
      })
      const comment = (): Promise<Ran> =>
        runAlcada(['--root', clone.folder, 'comment', String(data.number), '--base', 'origin/main', '--log', log], {
          ...{ GITHUB_API_URL: apiUrl, GITHUB_SERVER_URL: serverUrl, HOME: clone.folder },
          ...{ GITHUB_TOKEN: github.account('github-actions[bot]').token, ALCADA_OPA: inject('compiler') },
        })
      for (const _ of ['made', 'kept up to date']) expect(await comment()).toMatchObject({ code: 0, err: '' })
      await clone.remove()
      const { comments } = github.repo('acme/policies')
      expect(comments.map(({ number, by }) => [number, by.login])).toEqual([[data.number, 'github-actions[bot]']])
      const body = comments[0]?.body ?? ''
      expect(body).toContain('#### Past calls that would have ended differently')
      expect(body).toContain(
        'operator, create\\_payment on omie, above R\\$ 1.000,00 up to R\\$ 2.000,00: 1 approval by approver → allowed | 1 |',
      )
      expect(body).not.toMatch(/1000[.,]01|1\.000,01|100001|PG-1|2701003|2243121|12345678000195|u17|payable_id|\/args/)
    } finally {
      await github.stop()
    }
  })

  test('an address that takes logs gets the same, with the token of a file', async () => {
    const got: { authorization: string | undefined; lines: number; method: string | undefined }[] = []
    const server = createServer(async (request, response) => {
      const parts: Buffer[] = []
      for await (const part of request) parts.push(part)
      const lines = gunzipSync(Buffer.concat(parts)).toString().trim().split('\n').length
      got.push({ authorization: request.headers.authorization, lines, method: request.method })
      response.writeHead(request.url === '/full' ? 507 : 201).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
    const tokenFile = join(place, 'upload.token')
    writeFileSync(tokenFile, 's3cret\n', { mode: 0o600 })
    const sent = await alcada('audit', 'export', 'omie', '--replay', '--to', `${url}/log`, '--token-file', tokenFile)
    const full = await alcada('audit', 'export', 'omie', '--replay', '--to', `${url}/full`)
    const abroad = await alcada('audit', 'export', 'omie', '--replay', '--to', 'http://logs.example.com/x')
    server.close()
    expect([sent.code, sent.out]).toEqual([0, `1 decisions in ${url}/log\n`])
    expect(got[0]).toEqual({ authorization: 'Bearer s3cret', lines: 1, method: 'PUT' })
    expect([full.code, full.err]).toEqual([1, `alcada: expected \`${url}/full\` to take the log, got HTTP 507\n`])
    expect(abroad.err).toContain('expected an https address')
    expect(got).toHaveLength(2)
  })

  test.skipIf(needs('registry').missing !== null)('a registry takes it, and gives it to whoever replays', async () => {
    const registry = await startRegistry()
    const to = registry.target
    const none = await alcada('impact', '--base', 'HEAD', '--log', to)
    expect(none.out).toContain('no decision log yet')
    for (const _ of [1, 2])
      expect((await alcada('audit', 'export', 'omie', '--replay', '--to', to)).out).toContain(`1 decisions in ${to}`)
    const ran = await alcada('impact', '--base', 'HEAD', '--log', to, '--format', 'json')
    await registry.stop()
    expect(JSON.parse(ran.out)).toMatchObject({
      approvals: [{ tool: 'create_payment', count: 1 }],
      coverage: { decisions: 1 },
    })
  })

  test('without a log it is said that there is none yet', async () => {
    const ran = await alcada('impact', '--base', 'HEAD', '--log', join(place, 'nothing.jsonl'))
    expect(ran.code).toBe(0)
    expect(ran.out).toBe('no decision log yet: `alcada audit export ERP --replay` writes one\n')
  })
})
