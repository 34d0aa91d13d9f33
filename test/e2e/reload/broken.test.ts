import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectCaller, type TestCaller } from '../../helpers/alcada/caller.ts'
import { serversOf } from '../../helpers/alcada/processes.ts'
import { copyProject, type TestProject } from '../../helpers/alcada/project.ts'
import { type ReadyErp, startUp, type Up } from '../../helpers/alcada/up.ts'
import { needs } from '../../helpers/needs.ts'

const RBAC = 'policies/tryton/rbac.yaml'
const CREATE_UP_TO = 'create:\n      - { up_to: '

describe.skipIf(needs('opa').missing !== null)('what is broken changes nothing', () => {
  let project: TestProject
  let up: Up
  let erp: ReadyErp
  let operator: TestCaller
  let drafts = 0

  beforeAll(async () => {
    project = copyProject('tryton')
    up = await startUp(project.root, ['tryton'])
    const started = up.erps['tryton']
    if (started === undefined) throw new Error(`expected tryton in ${up.line}`)
    erp = started
    operator = await connectCaller(new URL(erp.mcp), erp.tokens['operator'] ?? '')
  })
  afterAll(async () => {
    await operator?.close()
    await up?.stop()
    project?.remove()
  })

  const health = async (): Promise<unknown> => (await fetch(erp.health)).json()
  const bundle = (): string => join(project.root, '.alcada', 'channel', 'tryton', 'bundle.tar.gz')
  /** What comes of a draft of this many reais: `result`, or the code of the refusal. */
  async function draft(amount: number): Promise<string> {
    drafts += 1
    const args = { reference: `D-${drafts}`, vendor_id: '3', account_id: '1', amount, date: '2026-12-01' }
    const told = await operator.call('create_payment_draft', args)
    return told.kind === 'refusal' ? told.error.code : told.kind
  }
  async function limit(from: string, to: string, revision: number): Promise<void> {
    const at = up.said().length
    project.replace(RBAC, `${CREATE_UP_TO}${from}`, `${CREATE_UP_TO}${to}`)
    await up.says(new RegExp(`tryton: revision ${revision} is enforced`), at)
  }

  test('a limit that is saved holds for the next call, its table is told of as a warning', async () => {
    expect(await draft(300)).toBe('result')
    await limit('50000.00', '200.00', 2)
    expect(await draft(200)).toBe('result')
    expect(await draft(200.01)).toBe('approval_required')
    expect(up.said()).toContain('policies/tryton/decisions.yaml')
    expect(await health()).toMatchObject({ status: 'enforcing', revision: 2, last_error: null, development: true })
  })

  test('a listener hears that its list of tools may be another', async () => {
    const client = operator.client
    const heard = new Promise<void>((resolve) =>
      client.setNotificationHandler('notifications/tools/list_changed', () => resolve()),
    )
    const subscription = await client.listen({ toolsListChanged: true })
    await limit('200.00', '250.00', 3)
    await heard
    await subscription.close()
    const { tools } = await client.listTools()
    expect(tools.find(({ name }) => name === 'create_payment_draft')?.description).toContain(
      'up to R$ 250,00 alone, up to R$ 500.000,00 with 1 approval',
    )
  })

  test.each([
    ['a role that is none', 'roles: [approver] }\n    update', 'roles: [aprover] }\n    update', 'ROLE_UNKNOWN'],
    ['a line that is no YAML', 'update:\n', 'update: [\n', 'YAML_SYNTAX'],
  ])('%s prints its findings with their place, and the running policy stays', async (_name, right, wrong, code) => {
    const at = up.said().length
    project.replace(RBAC, right, wrong)
    await up.says(/nothing changed: the running policies stay in force/, at)
    expect(up.said().slice(at)).toContain(code)
    expect(up.said().slice(at)).toMatch(/policies\/tryton\/rbac\.yaml:\d+:\d+/)
    expect(await health()).toMatchObject({ status: 'enforcing', revision: 3, last_error: null })
    expect([await draft(250), await draft(250.01)]).toEqual(['result', 'approval_required'])
    project.replace(RBAC, wrong, right)
  })

  test('a broken bundle in the channel shows in health, metrics and log, and the running policy stays', async () => {
    const at = up.said().length
    copyFileSync(bundle(), `${bundle()}.good`)
    const bytes = readFileSync(bundle())
    const middle = Math.floor(bytes.length / 2)
    bytes.fill(0x20, middle, middle + 64)
    writeFileSync(bundle(), bytes)
    await up.says(/tryton: BUNDLE_[A-Z_]+: .* revision 3 stays in force/, at)
    expect(await health()).toMatchObject({
      status: 'degraded',
      revision: 3,
      last_error: { code: 'BUNDLE_MALFORMED' },
    })
    expect((await fetch(erp.health)).status).toBe(200)
    const metrics = await (await fetch(`${erp.ops}/metrics`)).text()
    expect(metrics).toMatch(/^alcada_policy_reloads_total\{outcome="BUNDLE_MALFORMED",erp="tryton"\} 1$/m)
    expect(metrics).toMatch(/^alcada_policy_revision\{erp="tryton"\} 3$/m)
    expect(logged()).toContainEqual(expect.objectContaining({ msg: 'policy.rejected', code: 'BUNDLE_MALFORMED' }))
    expect([await draft(250), await draft(250.01)]).toEqual(['result', 'approval_required'])
  })

  test('the next save mends the channel', async () => {
    await limit('250.00', '260.00', 4)
    expect(await health()).toMatchObject({ status: 'enforcing', revision: 4, last_error: null })
    expect([await draft(260), await draft(260.01)]).toEqual(['result', 'approval_required'])
  })

  test('an older bundle is refused, though its signature is good', async () => {
    const at = up.said().length
    copyFileSync(`${bundle()}.good`, bundle())
    await up.says(/tryton: BUNDLE_ROLLED_BACK: .* revision 4 stays in force/, at)
    expect([await draft(260), await draft(260.01)]).toEqual(['result', 'approval_required'])
  })

  test('a server that is killed comes back at its address, and remembers what it enforced', async () => {
    const at = up.said().length
    for (const pid of serversOf(up.pid)) process.kill(pid, 'SIGKILL')
    await up.says(/tryton: the server ended with a signal and is started again/, at)
    const found = await eventually(health)
    expect(found).toMatchObject({ status: 'degraded', revision: 4, last_error: { code: 'BUNDLE_ROLLED_BACK' } })
    expect([await draft(260), await draft(260.01)]).toEqual(['result', 'approval_required'])
  })

  function logged(): unknown[] {
    const text = readFileSync(join(project.root, '.alcada', 'log', 'tryton', 'app.log'), 'utf8')
    return text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  }
})

async function eventually(ask: () => Promise<unknown>): Promise<unknown> {
  for (;;) {
    try {
      return await ask()
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}
