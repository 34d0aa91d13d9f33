import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test, vi } from 'vitest'
import type { Ran } from '../../helpers/alcada/command.ts'
import { type ActOptions, NOT_RUN, runAct, WORKFLOWS } from '../../helpers/gitops/act.ts'
import { type House, limitMoved, type Proposal, REPO, startHouse } from '../../helpers/gitops/house.ts'
import { needs } from '../../helpers/needs.ts'

// The gate is asked several times; a limit only ends what hangs.
vi.setConfig({ testTimeout: 400_000 })

const parts = needs('act', 'opa')

describe.skipIf(parts.missing !== null)('the workflows, run by act on a real checkout', () => {
  let house: House
  let place: string
  let proposal: Proposal

  beforeAll(async () => {
    console.info(
      `act runs check.yml and publish.yml; not tried here:\n${NOT_RUN.map((line) => `  - ${line}`).join('\n')}`,
    )
    const files = readdirSync(WORKFLOWS).map((name) => [
      `.github/workflows/${name}`,
      readFileSync(join(WORKFLOWS, name), 'utf8'),
    ])
    house = await startHouse({ files: Object.fromEntries(files) })
    proposal = await house.propose('ana', 'lower', limitMoved(house.runner, 900))
  })
  afterAll(() => house.stop())
  beforeEach(() => {
    place = mkdtempSync(join(tmpdir(), 'alcada-act-'))
    return () => rmSync(place, { recursive: true, force: true })
  })

  const act = (options: Pick<ActOptions, 'cwd' | 'event' | 'workflow' | 'job'> & Partial<ActOptions>): Promise<Ran> =>
    runAct({
      place,
      payload: {
        pull_request: { number: proposal.number, base: { ref: 'main' }, head: { ref: 'lower' } },
        ref: 'refs/heads/main',
        repository: { full_name: REPO, default_branch: 'main' },
      },
      env: {
        ...{ GITHUB_API_URL: house.stand.apiUrl, GITHUB_SERVER_URL: house.stand.serverUrl, GITHUB_REPOSITORY: REPO },
        ALCADA_OPA: inject('compiler'),
      },
      secrets: { GITHUB_TOKEN: house.stand.account('github-actions[bot]').token },
      vars: {},
      ...options,
    })
  const check = (cwd: string): Promise<Ran> => act({ cwd, event: 'pull_request', workflow: 'check.yml', job: 'check' })

  test('check.yml is green for a change that narrows, and red with the place of a mistake', async () => {
    const green = await check(proposal.clone.folder)
    expect(green.out + green.err).toContain('Job succeeded')
    expect(green.code).toBe(0)
    const rbac = 'policies/omie/rbac.yaml'
    const text = readFileSync(join(proposal.clone.folder, rbac), 'utf8')
    const wrong = await house.clone('ana')
    await wrong.commit('Misspelt', { [rbac]: text.replace('[approver] }', '[aprover] }') })
    const red = await check(wrong.folder)
    expect(red.code).toBe(1)
    expect(red.out).toMatch(/::error file=policies\/omie\/rbac\.yaml,line=\d+.*ROLE_UNKNOWN|ROLE_UNKNOWN/)
  })

  test('publish.yml publishes what was merged, and what was pushed it does not', async () => {
    const key = readdirSync(join(house.runner.folder, '.alcada', 'keys'))[0] ?? ''
    const channel = join(place, 'channel')
    const publish = async (event: ActOptions['event'], inputs: object = {}): Promise<Ran> => {
      await house.toMain(house.runner)
      cpSync(house.trustFile, join(house.runner.folder, 'trust.json'))
      return act({
        ...{ cwd: house.runner.folder, event, workflow: 'publish.yml', job: 'publish' },
        payload: {
          ref: 'refs/heads/main',
          inputs,
          repository: { full_name: REPO, default_branch: 'main' },
        },
        secrets: {
          GITHUB_TOKEN: house.stand.account('github-actions[bot]').token,
          ALCADA_BUNDLE_KEY: JSON.stringify(
            JSON.parse(readFileSync(join(house.runner.folder, '.alcada', 'keys', key), 'utf8')),
          ),
        },
        vars: { ALCADA_CHANNEL: channel },
      })
    }
    await proposal.checked()
    await proposal.approve('bruno')
    await proposal.merge('squash')
    // The first time by hand, to say where reviewed history begins; then by what is pushed to main.
    const good = await publish('workflow_dispatch', { since: house.began })
    expect(good.out + good.err).toContain(`omie: revision 1, by #${proposal.number} of ana, approved by bruno`)
    expect(good.code).toBe(0)
    expect(existsSync(join(channel, 'omie', 'bundle.tar.gz'))).toBe(true)
    // The key of the release stands nowhere in what was printed.
    const { d }: { d: string } = JSON.parse(readFileSync(join(house.runner.folder, '.alcada', 'keys', key), 'utf8')).jwk
    expect(good.out + good.err).not.toContain(d)

    const dora = await house.clone('dora')
    await dora.commit('Quickly', { 'README.md': 'Quickly\n' })
    await dora.git('push', '--quiet', 'origin', 'main')
    const refused = await publish('push')
    expect(refused.code).toBe(1)
    expect(refused.out + refused.err).toContain('came to main without a merged pull request')
  })
})
