import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { needs } from '../../helpers/needs.ts'
import { cli, type Gateway, startGateway, until, workingIn } from './gateway.ts'

// @modelcontextprotocol/server-filesystem, as it is published, behind the policies of test/fixtures/gateway.

const opa = needs('opa')

describe.skipIf(opa.missing !== null)('a published server for files, behind the policies', () => {
  let gateway: Gateway
  const place = (name: string): string => join(gateway.folder, name)
  beforeAll(async () => {
    gateway = await startGateway('files')
    // It is started without a call, so that what it has changed is known before one.
    await until(() => existsSync(gateway.folder) && workingIn(gateway.folder).length > 0)
    for (const folder of ['inbox', 'outbox']) mkdirSync(place(folder))
    writeFileSync(place('inbox/order.txt'), 'Ana, CPF 529.982.247-25, orders two.\n')
  })
  afterAll(() => gateway.stop())

  test('only tools with a declared effect are there, and only for whom the role holds', async () => {
    const names = async (role: string): Promise<string[]> =>
      (await (await gateway.client(role)).listTools()).tools.map(({ name }) => name)
    expect(await names('viewer')).toEqual(['list_directory', 'read_text_file'])
    expect(await names('operator')).toEqual(['get_approval_by_id', 'list_directory', 'read_text_file', 'write_file'])
    expect(await names('admin')).toContain('move_file')
    await expect(gateway.call('admin', 'edit_file', { path: 'inbox/order.txt', edits: [] })).rejects.toThrow(
      'unknown tool `edit_file`',
    )
  })

  test('a write where nobody writes is refused, and nothing is written', async () => {
    const { told } = await gateway.call('operator', 'write_file', { path: 'inbox/order.txt', content: 'paid' })
    expect(told).toMatchObject({ error: { code: 'outside_outbox' } })
    expect(readFileSync(place('inbox/order.txt'), 'utf8')).toContain('orders two')
  })

  test('a write where agents write is done', async () => {
    const { told } = await gateway.call('operator', 'write_file', { path: 'outbox/answer.txt', content: 'yes' })
    expect(told).toMatchObject({ alcada: { entry: expect.stringMatching(/^files-/) } })
    expect(readFileSync(place('outbox/answer.txt'), 'utf8')).toBe('yes')
  })

  test('a text that is read is masked where it says something personal, in the result and in its words', async () => {
    const { told, text } = await gateway.call('viewer', 'read_text_file', { path: 'inbox/order.txt' })
    expect(told).toMatchObject({
      data: { content: 'Ana, CPF ***.982.247-**, orders two.\n' },
      alcada: { masked: expect.arrayContaining(['/content']) },
    })
    expect(text).not.toContain('529')
  })

  test('what needs another admin waits, and once approved is done once', async () => {
    const move = { source: 'inbox/order.txt', destination: 'outbox/order.txt' }
    const { told } = await gateway.call('admin', 'move_file', move)
    expect(told).toMatchObject({ error: { code: 'approval_required' }, alcada: { retry: 'when_approved' } })
    expect(existsSync(place('inbox/order.txt'))).toBe(true)
    await gateway.approve(Object(told['alcada']).approval.id)
    expect((await gateway.call('admin', 'move_file', move)).told).toMatchObject({ data: expect.anything() })
    expect(existsSync(place('outbox/order.txt'))).toBe(true)
  })

  test('what lies outside of its folder is not reached', async () => {
    const { told } = await gateway.call('viewer', 'read_text_file', { path: '/etc/passwd' })
    expect(told).toMatchObject({ error: { code: 'erp_validation' } })
  })

  test.each([
    ['resources/list', {}],
    ['resources/templates/list', {}],
    ['resources/read', { uri: 'file:///etc/passwd' }],
    ['prompts/list', {}],
    ['prompts/get', { name: 'any' }],
    ['completion/complete', { ref: { type: 'ref/prompt', name: 'any' }, argument: { name: 'a', value: '' } }],
    ['logging/setLevel', { level: 'info' }],
  ])('nobody reaches the upstream by `%s`', async (method, params) => {
    const response = await fetch(gateway.alcada.mcp, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${gateway.alcada.token('admin')}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    })
    expect(await response.text()).toContain('-32601')
  })

  test('its policies pass the whole gate, and an import of it changes nothing', async () => {
    const { root } = gateway.alcada.project
    const before = gateway.alcada.project.read('erps/files/tools.yaml')
    expect(await cli(root, 'import-tools', 'files')).toEqual({ code: 0, text: '14 as before\n' })
    expect(gateway.alcada.project.read('erps/files/tools.yaml')).toBe(before)
    const checked = await cli(root, 'check', '--format', 'json')
    const { findings } = Object(JSON.parse(checked.text))
    expect(new Set(findings.map(({ code }: { code: string }) => code))).toEqual(new Set(['EFFECT_UNDECLARED']))
    expect(checked.code).toBe(0)
  })

  test('it ends with its server, also with one that was killed', async () => {
    await gateway.alcada.restart()
    await until(() => workingIn(gateway.folder).length === 1)
    const [first] = workingIn(gateway.folder)
    await gateway.alcada.restart({ hard: true })
    await until(() => workingIn(gateway.folder).length === 1 && !workingIn(gateway.folder).includes(first ?? 0))
  })
})
