import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest'
import { newKey } from '../../../engine/access/keys.ts'
import { signingKey } from '../../../engine/access/signing-key.ts'
import { packBundle } from '../../../engine/bundle/pack.ts'
import { signBundle } from '../../../engine/bundle/sign.ts'
import { type ServerMessage, type ServerProcess, spawnServer } from '../../../engine/commands/server-process.ts'
import { writeSecrets } from '../../../engine/commands/workplace.ts'
import { channelPath, revisionPath } from '../../../engine/contract/channel.ts'
import { forgeBundle, forgeClaims, forgeFiles } from '../../helpers/forge/bundle.ts'
import { forgeInput } from '../../helpers/forge/content.ts'
import { forgeKey } from '../../helpers/forge/key.ts'
import * as tamper from '../../helpers/forge/tamper.ts'
import { type House, limitMoved, type Proposal, startHouse } from '../../helpers/gitops/house.ts'
import { needs } from '../../helpers/needs.ts'

const opa = needs('opa')
// Each step asks the whole gate several times, in processes of their own; a limit only ends what hangs.
vi.setConfig({ testTimeout: 400_000 })
const WORKFLOW = '.github/workflows/check.yml'

describe.skipIf(opa.missing !== null)('a change of policy, from its pull request to the server', () => {
  let house: House
  let server: ServerProcess
  let place: string
  let words: ServerMessage[] = []
  let hear: () => void = () => undefined
  let first: Proposal

  beforeAll(async () => {
    house = await startHouse({ files: { [WORKFLOW]: 'name: check\n' } })
    place = mkdtempSync(join(tmpdir(), 'alcada-story-'))
    await newKey({ folder: place, use: 'token' })
    await writeSecrets(join(place, 'secrets.json'), {})
    mkdirSync(join(place, 'state'), { mode: 0o700 })
  })
  afterAll(async () => {
    await server?.stop()
    await house.stop()
    rmSync(place, { recursive: true, force: true })
  })

  const start = async (): Promise<void> => {
    server = await spawnServer({
      env: {
        ...{ ALCADA_ERP: 'omie', ALCADA_CHANNEL: house.channel, ALCADA_TRUST_FILE: house.trustFile },
        ...{ ALCADA_TOKEN_KEYS_FILE: join(place, 'token-keys.json'), ALCADA_SECRETS_FILE: join(place, 'secrets.json') },
        ...{ ALCADA_STATE_DIR: join(place, 'state'), ALCADA_PORT: '0', ALCADA_OPS_PORT: '0' },
      },
      logFile: join(place, 'server.log'),
      onMessage: (message) => {
        words.push(message)
        hear()
      },
    })
  }
  const health = async (): Promise<unknown> => (await fetch(new URL('/health', server.mcp))).json()
  /** The next word about the policy after this is done. */
  async function reloaded(cause: () => unknown): Promise<void> {
    words = []
    const heard = new Promise<void>((resolve) => {
      hear = () => words.some(({ type }) => type === 'policy') && resolve()
    })
    await cause()
    await heard
  }
  const bundleFile = (): string => join(house.channel, channelPath('omie'))
  const put = (bytes: Uint8Array): Promise<void> => reloaded(() => writeFileSync(bundleFile(), bytes))

  test('a mistake turns the check red; mended, reviewed and merged it is published, and the server enforces it', async () => {
    const moved = limitMoved(house.runner, 930)
    const rbac = 'policies/omie/rbac.yaml'
    const wrong = { ...moved, [rbac]: (moved[rbac] ?? '').replace('[approver] }', '[aprover] }') }
    first = await house.propose('ana', 'lower', wrong)
    const check = (): ReturnType<House['alcada']> =>
      house.alcada('--root', first.clone.folder, 'check', '--base', 'origin/main', '--pull', String(first.number))
    const red = await check()
    expect([red.code, red.out]).toEqual([3, expect.stringContaining('did you mean `approver`?')])
    await first.checked('failure')

    await first.more(moved)
    const green = await check()
    expect(green.out).toContain('Risk: narrowing')
    expect(green.code).toBe(0)
    await first.checked()
    await first.approve('bruno')
    await first.merge('squash')
    await first.deleteBranch()

    expect((await house.publish()).err).toContain('nothing is published yet: say with `--since COMMIT`')
    const ran = await house.publish('--since', house.began)
    expect(ran.err + ran.out).toContain(`omie: revision 1, by #${first.number} of ana, approved by bruno\n`)
    await start()
    expect(await health()).toMatchObject({
      status: 'enforcing',
      revision: 1,
      development: false,
      bundle: { pull_request: first.number, commit: await house.runner.git('rev-parse', 'HEAD'), rolled_back_to: null },
    })
    expect(await house.publish()).toMatchObject({ code: 0, out: 'omie: revision 1 says this already\n' })
  })

  test('a widening waits for the second group; merged, it is in force without a restart', async () => {
    const wider = await house.proposeByCommand('ana', 'Let operators settle up to R$ 960 alone', limitAt(930, 960))
    expect(wider.ran).toMatchObject({ code: 0, out: expect.stringContaining('risk: widening') })
    const check = (): ReturnType<House['alcada']> =>
      house.alcada('--root', wider.clone.folder, 'check', '--base', 'origin/main', '--pull', String(wider.number))
    await wider.approve('bruno')
    const waits = await check()
    expect(waits.code).toBe(3)
    expect(waits.err).toContain('needs the approval of somebody of the second group who is not its author: carla')
    await wider.approve('carla')
    expect((await check()).code).toBe(0)
    await wider.checked()
    await wider.merge('rebase')
    await reloaded(async () => expect((await house.publish()).out).toContain('omie: revision 2'))
    expect(await health()).toMatchObject({ revision: 2, bundle: { pull_request: wider.number } })

    const input = join(place, 'input.json')
    writeFileSync(input, JSON.stringify(forgeInput({ permission: 'admin' })))
    const why = await house.alcada(
      'explain',
      'omie',
      '--input',
      input,
      '--bundle',
      bundleFile(),
      '--trust',
      house.trustFile,
    )
    expect(why.err).toBe('')
    expect(why.out).toContain(`merged in pull request ${wider.number} by ana, approved by `)
    expect(why.out).toContain('carla')
  })

  test('a bundle that is unsigned, of another key, older, or of another ERP changes nothing', async () => {
    const good = readFileSync(bundleFile())
    const older = readFileSync(join(house.channel, revisionPath('omie', 1)))
    const files = forgeFiles(inject('compiler'), 'nibo')
    const nibo = await forgeBundle(files, forgeKey(), { scope: 'nibo', revision: 9 })
    const iat = Math.floor(Date.now() / 1_000) - 60
    const trusted = await signingKey({ folder: join(house.runner.folder, '.alcada'), use: 'bundle' })
    const ofTrusted = forgeClaims({ scope: 'nibo', revision: 9, iat, exp: iat + 86_400 })
    const misplaced = packBundle(await signBundle(files, ofTrusted, trusted))
    const { payload, header } = tamper.tokenOf(good)
    const kid = 'kid' in header ? String(header.kid) : ''
    const resigned = tamper.withTokens(
      good,
      await tamper.forgeToken(forgeKey({ id: kid }), { ...payload, revision: 9 }),
    )
    for (const [bytes, code] of [
      [tamper.withFile(good, '.signatures.json', null), 'BUNDLE_UNSIGNED'],
      [resigned, 'BUNDLE_SIGNATURE_INVALID'],
      [older, 'BUNDLE_ROLLED_BACK'],
      [nibo, 'BUNDLE_KEY_UNKNOWN'],
      [misplaced, 'BUNDLE_SCOPE_WRONG'],
    ] as const) {
      await put(bytes)
      expect(await health()).toMatchObject({ status: 'degraded', revision: 2, last_error: { code } })
    }
    await put(good)
    expect(await health()).toMatchObject({ status: 'enforcing', revision: 2, last_error: null })
  })

  test('what drifts is told in one issue, which is closed when it is as main says again', async () => {
    const drift = (): ReturnType<House['alcada']> =>
      house.alcada('drift', '--issue', '--server', `omie=${new URL(server.mcp).origin}`)
    expect(await drift()).toMatchObject({ code: 0, out: '1 servers enforce what main says\n' })
    const later = await house.propose('bruno', 'lower-again', limitAt(960, 945))
    await later.checked()
    await later.approve('ana')
    await later.merge('merge', 'ana')
    await house.toMain(house.runner)
    const told = 'omie: main says other than revision 2, which is published'
    expect(await drift()).toMatchObject({ code: 3, out: `${told}\n` })
    expect(await drift()).toMatchObject({ code: 3 })
    const { issues } = house.stand.repo('acme/policies')
    expect(issues.map(({ state, body }) => [state, body.split('\n')[0]])).toEqual([['open', `- ${told}`]])
    await reloaded(() => house.publish())
    expect(await drift()).toMatchObject({ code: 0 })
    expect(issues.map(({ state }) => state)).toEqual(['closed'])
  })

  test('old policies come back through a pull request of their own, reviewed and published under a new revision', async () => {
    // As in a workflow, where git knows nobody.
    for (const key of ['user.name', 'user.email']) await house.runner.git('config', '--unset', key)
    const back = ['rollback', 'omie', '--to', '2', '--reason', 'Too tight for the end of the month'] as const
    // By the token of ALCADA_PROPOSAL_TOKEN: a workflow's own may open no pull request.
    const ran = await house.alcadaAs('bruno', house.runner, ...back)
    expect(ran.err).toBe('')
    expect(ran.code).toBe(0)
    const [pull] = house.stand.repo('acme/policies').pulls.filter(({ state }) => state === 'open')
    expect(pull).toMatchObject({ title: 'Roll omie back to revision 2', headRef: 'rollback-omie-to-2' })
    const { number, headSha } = pull ?? { number: 0, headSha: '' }
    const { octokit, at } = house.as('carla')
    const review = { ...at, pull_number: number, event: 'APPROVE', commit_id: headSha } as const
    await octokit.rest.pulls.createReview(review)
    const bot = house.as('github-actions[bot]').octokit
    const run = { ...at, name: 'check', head_sha: headSha, status: 'completed', conclusion: 'success' } as const
    await bot.rest.checks.create(run)
    await octokit.rest.pulls.merge({ ...at, pull_number: number, merge_method: 'squash' })
    const by = `omie: revision 4, by #${number} of bruno, approved by carla\n`
    await reloaded(async () => expect(await house.publish()).toMatchObject({ code: 0, out: by }))
    expect(await health()).toMatchObject({ status: 'enforcing', revision: 4, bundle: { rolled_back_to: null } })
    expect(readFileSync(join(house.runner.folder, 'policies/omie/rbac.yaml'), 'utf8')).toContain('up_to: 960.00')
  })

  test('in an emergency two persons bring them back at once, one cannot, and main is not published over it', async () => {
    const persons = ['one', 'other'].map((name) => join(place, name))
    for (const folder of persons) await newKey({ folder, use: 'revocation' })
    const trust = [house.trustFile, ...persons.map((folder) => join(folder, 'trust.json'))]
    const keys = trust.flatMap((file) => JSON.parse(readFileSync(file, 'utf8')).keys)
    writeFileSync(house.trustFile, JSON.stringify({ keys }))
    const [one = '', other = ''] = persons
    const own = join(house.runner.folder, '.alcada', 'keys')
    const ofRelease = join(place, 'keys-of-release')
    cpSync(own, ofRelease, { recursive: true })
    const as = async (folder: string, ...args: string[]): ReturnType<House['alcada']> => {
      rmSync(own, { recursive: true })
      mkdirSync(own, { mode: 0o700 })
      const [key = ''] = readdirSync(join(folder, 'keys'))
      copyFileSync(join(folder, 'keys', key), join(own, key))
      return house.alcada('rollback', 'omie', '--to', '3', '--reason', 'Duplicates', '--emergency', ...args)
    }
    expect(await as(one)).toMatchObject({ code: 0 })
    const request = join(house.runner.folder, '.alcada', 'rollbacks', 'omie-5.request')
    expect((await as(one, '--with', request)).err).toContain('both signatures are of one key')
    await reloaded(async () => expect(await as(other, '--with', request)).toMatchObject({ code: 0 }))
    expect(await health()).toMatchObject({ status: 'enforcing', revision: 5, bundle: { rolled_back_to: 3 } })
    rmSync(own, { recursive: true })
    cpSync(ofRelease, own, { recursive: true })
    const over = await house.publish()
    expect(over.code).toBe(3)
    expect(over.out).toContain('omie: revision 5 took back what main still says (Duplicates); merge a pull request')
  })

  describe('is not published when it', () => {
    const publish = (): ReturnType<House['publish']> => house.publish()

    test.each<[string, string, () => Promise<unknown>]>([
      [
        'edits a workflow and only the first group has looked at it',
        'it is of risk code, and needs the approval of somebody of the second group',
        async () => {
          const edited = await house.propose('ana', 'no-more-checks', { [WORKFLOW]: 'name: check\non: never\n' })
          await edited.checked()
          await edited.approve('bruno')
          await edited.merge('squash')
        },
      ],
    ])('%s', async (_what, why, bring) => {
      await bring()
      const refused = await publish()
      expect(refused.err).toContain(why)
      expect(refused).toMatchObject({ code: 3, out: '' })
    })
  })

  /** The files of a move from one limit to another, from main as it is now. */
  function limitAt(from: number, to: number): Record<string, string> {
    const read = (path: string): string => readFileSync(join(house.runner.folder, path), 'utf8')
    const [rbac, table] = ['policies/omie/rbac.yaml', 'policies/omie/decisions.yaml']
    return {
      [rbac]: read(rbac).replace(`up_to: ${from}.00`, `up_to: ${to}.00`),
      [table]: read(table).replaceAll(new RegExp(`\\b${from}\\.0([01])\\b`, 'g'), `${to}.0$1`),
    }
  }
})
