import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { simpleGit } from 'simple-git'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { folderSource } from '../../../engine/channel/folder.ts'
import { publishErp } from '../../../engine/commands/publication.ts'
import { compileErp } from '../../../engine/compile/compile.ts'
import { revisionPath } from '../../../engine/contract/channel.ts'
import { loadTree } from '../../../engine/load/load.ts'
import { folderWriter } from '../../../engine/publish/folder.ts'
import { validateTree } from '../../../engine/validate/validate.ts'
import { type Ran, runAlcada } from '../../helpers/alcada/command.ts'
import { forgeBundle, forgeFiles } from '../../helpers/forge/bundle.ts'
import { forgeInput, forgeRego } from '../../helpers/forge/content.ts'
import { forgeKey, trustOf } from '../../helpers/forge/key.ts'
import { type Line, openLine } from '../../helpers/line/line.ts'

let line: Line
let place: string
beforeAll(async () => {
  line = await openLine({ erp: 'omie' })
  place = dirname(line.alcada.env['ALCADA_TRUST_FILE'] ?? '')
  const git = simpleGit({ baseDir: line.alcada.project.root })
  await git.init()
  await git.addConfig('user.name', 'Finance')
  await git.addConfig('user.email', 'finance@example.com.br')
  await git.add('.')
  await git.commit('Write down who may pay what')
})
afterAll(() => line.stop())

function explain(...args: string[]): Promise<Ran> {
  return explainBy({}, ...args)
}

function explainBy(changed: Record<string, string>, ...args: string[]): Promise<Ran> {
  const { ALCADA_STATE_DIR = '', ALCADA_CHANNEL = '', ALCADA_TRUST_FILE = '' } = { ...line.alcada.env, ...changed }
  const env = { ALCADA_STATE_DIR, ALCADA_CHANNEL, ALCADA_TRUST_FILE, ALCADA_OPA: inject('compiler') }
  return runAlcada(['--root', line.alcada.project.root, 'explain', 'omie', ...args], env)
}

async function refusedEntry(): Promise<string> {
  const told = await line.call('operator', 'create_payment', {
    ...{ payable_id: '2701003', account_id: '2243121', amount: 9000.01, date: '2026-11-25', reference: 'PG-9' },
  })
  const entry = told.refusal?.alcada.entry
  if (typeof entry !== 'string') throw new Error(`expected a refusal with an entry, got ${told.text}`)
  return entry
}

test('a decision of an older revision is explained by the bundle that the channel keeps of it', async () => {
  const { root } = line.alcada.project
  const entry = await refusedEntry()
  const channel = join(place, 'released')
  const key = forgeKey()
  const trust = trustOf(key)
  writeFileSync(join(place, 'released-trust.json'), JSON.stringify(trust))
  const publish = async (above: number, pull_request: number, author: string): Promise<string> => {
    const commit = (await simpleGit({ baseDir: root }).revparse(['HEAD'])).trim()
    const erp = validateTree((await loadTree(root, ['omie'])).tree).erps['omie']
    if (erp === undefined) throw new Error('expected valid policies')
    await publishErp(await compileErp(erp, { compiler: inject('compiler'), checks: 'fast', differing: 'warning' }), {
      ...{ source: folderSource(channel), channel: folderWriter(channel), trust, above },
      key: {
        ...{
          keyId: key.signer.keyId,
          use: 'bundle',
          development: false,
          notAfterMs: Date.parse(key.trusted.not_after),
        },
        sign: async (content: Uint8Array) => key.signer.sign(content),
      },
      provenance: { commit, pull_request, author, approvers: ['bruno', 'carla'], check_run: 4711 },
    })
    return commit
  }
  const first = await publish(0, 12, 'ana')
  const settle = 'policies/omie/rbac.yaml'
  const before = readFileSync(join(root, settle), 'utf8')
  line.alcada.project.replace(settle, 'up_to: 1000.00, currency', 'up_to: 1500.00, currency')
  await simpleGit({ baseDir: root }).commit('Raise what one may pay alone', [settle])
  await publish(1, 13, 'davi')

  const released = { ALCADA_CHANNEL: channel, ALCADA_TRUST_FILE: join(place, 'released-trust.json') }
  const ran = await explainBy(released, '--entry', entry)
  expect(ran).toMatchObject({ code: 0, err: '' })
  expect(ran.out).toContain(
    `  explained by the very content that decided\n  revision 1, commit ${first}; merged in pull request 12 by ana, approved by bruno, carla\n`,
  )
  expect(ran.out).toContain('amount_above_open')
  const log = join(place, 'older.jsonl')
  const env = { ALCADA_STATE_DIR: line.alcada.env['ALCADA_STATE_DIR'] ?? '' }
  await runAlcada(['--root', root, 'audit', 'export', 'omie', '--replay', '--out', log], env)
  expect(JSON.parse((await explainBy(released, '--entry', entry, '--log', log, '--format', 'json')).out)).toMatchObject(
    {
      sources: { from: 'bundle' },
      origin: { revision: 1, commit: first, pull_request: 12, author: 'ana', approvers: ['bruno', 'carla'] },
      same: true,
    },
  )

  rmSync(join(channel, revisionPath('omie', 1)))
  const gone = await explainBy(released, '--entry', entry)
  expect(gone.out).toContain(
    'decided at revision 1, of which the bundle is not at hand (the channel has revision 2; give it by --bundle): explained by the sources as they stand here\n',
  )
  expect(gone.out).not.toContain('pull request')
  writeFileSync(join(root, settle), before)
  await simpleGit({ baseDir: root }).commit('Take it back', [settle])
})

test('a decision of the ledger is explained by the very content that decided it, until there is a newer one', async () => {
  const entry = await refusedEntry()
  const ran = await explain('--entry', entry)
  expect(ran).toMatchObject({ code: 0, err: '' })
  const rule = 'deny["amount_above_open"]'
  const at = readFileSync(join(line.alcada.project.root, 'policies/shared/alcada.rego'), 'utf8').split('\n')
  const number = at.findIndex((text) => text.startsWith(rule)) + 1
  expect(ran.out).toContain(`${entry}, `)
  expect(ran.out).toContain(': refused (amount_above_open)\n  explained by the very content that decided\n')
  expect(ran.out).toContain('revision 1, no commit is claimed; a development build: no pull request is claimed\n')
  expect(ran.out).toContain(`policies/shared/alcada.rego:${number} (shared.alcada.deny), last changed by Finance on`)
  expect(ran.out).toContain(': Write down who may pay what\n')
  expect(ran.out).toContain('input.facts.amount is 900001\n')

  line.alcada.project.replace('policies/omie/rbac.yaml', 'up_to: 1000.00, currency', 'up_to: 2000.00, currency')
  await line.alcada.publish()
  const later = await explain('--entry', entry, '--format', 'json')
  expect(JSON.parse(later.out)).toMatchObject({
    sources: {
      from: 'tree',
      words: expect.stringContaining('decided at revision 1, of which the bundle is not at hand'),
    },
    origin: null,
    same: true,
    reasons: [{ code: 'amount_above_open', rule: { line: number } }],
  })
})

test('of a bundle that was merged it says by which pull request, by whom, and who approved it', async () => {
  const key = forgeKey()
  const path = (name: string, content: Uint8Array | string): string => {
    writeFileSync(join(place, name), content)
    return join(place, name)
  }
  const files = forgeFiles(inject('compiler'), 'omie')
  const rego = new TextEncoder().encode(forgeRego('omie'))
  const bundle = path('merged.tar.gz', await forgeBundle(new Map([...files, ['omie/decision.rego', rego]]), key))
  const trust = path('release-trust.json', JSON.stringify(trustOf(key)))
  const input = path('input.json', JSON.stringify(forgeInput({ permission: 'admin' })))
  const ran = await explain('--input', input, '--bundle', bundle, '--trust', trust)
  expect(ran.out).toContain(
    'revision 7, commit 0123456789abcdef0123456789abcdef01234567; merged in pull request 12 by ana, approved by bruno\n',
  )
  expect(ran.out).toContain('permission_missing: no role of the caller grants this \n  given by the decision itself\n')
  const thief = path('thief.json', JSON.stringify(trustOf(forgeKey({ id: 'thief' }))))
  const untrusted = await explain('--input', input, '--bundle', bundle, '--trust', thief)
  expect([untrusted.code, untrusted.out]).toEqual([1, ''])
  expect(untrusted.err).toContain('release-1')
})

test('wrong usage and what is not there are said, with what to do', async () => {
  expect((await explain()).code).toBe(2)
  const missing = await explain('--entry', 'omie-999999999')
  expect([missing.code, missing.err]).toEqual([
    1,
    'alcada: expected a decision `omie-999999999` in the ledger of omie: `alcada audit search` shows what is there\n',
  ])
})
