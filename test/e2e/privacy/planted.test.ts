import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ErpName, type Line, openLine } from '../../helpers/line/line.ts'
import { NOTE, PERSON, plantedIn } from '../../helpers/outputs/person.ts'
import { HASTY } from '../bling/seed.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const ERPS: readonly ErpName[] = ['omie', 'nibo', 'bling', 'tryton']

test('what is searched for is found where it stands', () => {
  expect(plantedIn(`${PERSON.name} ${NOTE}`)).toEqual([
    'name',
    'CPF',
    'e-mail',
    'telephone',
    'random PIX key',
    'account',
    'branch',
  ])
})

describe.each(ERPS)('a person in the records and notes of %s', (erp) => {
  let line: Line
  let vendor = ''
  let payable = ''
  /** What those got to see who may see nothing of her. */
  const replies: string[] = []

  beforeAll(async () => {
    const edits = erp === 'bling' ? [HASTY] : []
    line = await openLine({ erp, free: true, standIn: { limitFactor: 1_000 }, env: { LOG_LEVEL: 'trace' }, edits })
    const categories = Object.values(Object(await line.data('admin', 'get_categories_list', {})))
    const category = firstOf(categories.filter((one) => Object(one).kind === 'expense').slice(-1)).id
    const account = firstOf(await line.data('admin', 'get_bank_accounts_list', {})).id
    vendor = firstOf(await write('create_vendor', { reference: 'V-PRIV', ...PERSON })).id
    const dates = { due_date: '2026-12-31', issue_date: '2026-11-25', accrual_date: '2026-11-25' }
    const bill = { reference: 'AP-PRIV', vendor_id: vendor, amount: 1500.07, ...dates }
    payable = firstOf(
      await write('create_account_payable', { ...bill, category_id: category, account_id: account, description: NOTE }),
    ).id
  })
  afterAll(() => line.stop())

  const firstOf = (data: unknown): { id: string } => Object(Array.isArray(data) ? data[0] : data)

  async function accepted(tool: string, args: object): Promise<object> {
    const listed = (await line.tools('admin')).find(({ name }) => name === tool)
    const properties: unknown = Object(listed?.inputSchema).properties
    return Object.fromEntries(Object.entries(args).filter(([name]) => Object.hasOwn(Object(properties), name)))
  }
  async function write(tool: string, args: object): Promise<unknown> {
    return line.data('admin', tool, await accepted(tool, args))
  }
  async function reply(role: string, tool: string, args: object): Promise<string> {
    const { text } = await line.call(role, tool, await accepted(tool, args))
    replies.push(text)
    return text
  }
  function audit(input: string, ...args: string[]): string {
    const env = { PATH: process.env['PATH'] ?? '', ALCADA_STATE_DIR: line.alcada.env['ALCADA_STATE_DIR'] ?? '' }
    const command = [join(root, 'engine', 'cli.ts'), '--root', root, 'audit', ...args]
    const { stdout, stderr } = spawnSync(process.execPath, command, { env, input, encoding: 'utf8' })
    expect(stderr).toBe('')
    return stdout
  }

  test('whoever may see her data reads it as it was written', async () => {
    await expect.poll(() => line.data('admin', 'get_vendor_by_id', { id: vendor })).toMatchObject({ name: PERSON.name })
    const bill = await line.data('admin', 'get_account_payable_by_id', { id: payable })
    expect(Object(bill).description).toBe(NOTE)
  })

  test('whoever may not sees marks in their places, and hears where', async () => {
    const { result } = await line.call('viewer', 'get_account_payable_by_id', { id: payable })
    expect(result).toMatchObject({
      data: {
        id: payable,
        amount: 1500.07,
        description:
          'Pagar CPF ***.982.247-**, chave pix [pix ***], ***4321, z***@quaresma.example, Itaú ag [bank ***] cc [bank ***]',
      },
      alcada: { masked: expect.arrayContaining(['/description']) },
    })
    expect(result?.alcada.entry).toMatch(new RegExp(`^${erp}-\\d{9}$`))
    const party = await line.call('viewer', 'get_vendor_by_id', { id: vendor })
    expect(party.result).toMatchObject({
      data: { id: vendor, name: '***', document: '***.982.247-**' },
      alcada: { masked: expect.arrayContaining(['/name', '/document']) },
    })
    replies.push(JSON.stringify(result), party.text)
  })

  test('what was masked cannot be written over what it hides', async () => {
    const { refusal } = await line.call('operator', 'update_vendor', { id: vendor, email: 'z***@quaresma.example' })
    expect(refusal).toMatchObject({ error: { code: 'argument_masked', field: 'email' }, alcada: { retry: 'never' } })
    expect(line.outcome('update_vendor')).toBeUndefined()
  })

  test('nothing that leaves the server, or that it keeps, has any of it', async () => {
    for (const tool of (await line.tools('viewer')).map(({ name }) => name)) {
      await reply('viewer', tool, { id: tool.includes('payable') ? payable : vendor, document: PERSON.document })
    }
    // ERPs say in their own words what is wrong, and with whom.
    await reply('operator', 'create_vendor', { ...PERSON, reference: 'V-AGAIN' })
    // A reference that is a CPF goes back to whoever gave it, and is kept nowhere.
    await line.call('operator', 'create_vendor', {
      ...{ ...PERSON, document: '11144477735', reference: PERSON.document, name: NOTE.slice(0, 60) },
    })
    await reply('viewer', `get_${PERSON.document}`, {})
    const state = line.alcada.env['ALCADA_STATE_DIR'] ?? ''
    const files = readdirSync(state, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    const searched: Record<string, string> = {
      replies: replies.filter((text) => !text.includes('unknown tool')).join('\n'),
      log: line.alcada.log(),
      ...Object.fromEntries(
        files.map(({ parentPath, name }) => [`state: ${name}`, readFileSync(join(parentPath, name), 'latin1')]),
      ),
    }
    for (const path of ['/health', '/health/ready', '/metrics', '/console']) {
      searched[path] = await (await fetch(`${line.alcada.ops}${path}`)).text()
    }
    expect(replies.length).toBeGreaterThan(8)
    expect(searched['log']?.split('\n').length).toBeGreaterThan(8)
    for (const [where, text] of Object.entries(searched)) expect.soft(plantedIn(text), where).toEqual([])
    expect(JSON.stringify(line.alcada.ledger())).toContain('tok_document_')
  })

  test('an auditor hears who saw her data, when, which of it and whether clear', () => {
    const told: { sightings: { caller: string; tool: string; company: string; fields: object[] }[] } = JSON.parse(
      audit('529.982.247-25\n', 'subject', erp, '--format', 'json'),
    )
    const of = (tool: string, clear: boolean): unknown =>
      told.sightings.find((one) => one.tool === tool && one.fields.some((field) => Object(field).clear === clear))
    expect(of('get_vendor_by_id', true)).toMatchObject({
      erp,
      caller: 'agent-1',
      person: 'u17',
      company: '12345678000195',
      by: 'answer',
      fields: [{ field: '/document', kind: 'document', clear: true }],
    })
    expect(of('get_vendor_by_id', false)).toBeDefined()
    expect(of('get_account_payable_by_id', false)).toMatchObject({ fields: [{ field: '/description' }] })
    const line1 = audit('f47ac10b-58cc-4372-a567-0e02b2c3d479', 'subject', erp)
    expect(line1).toContain('get_account_payable_by_id  agent-1 for u17  12345678000195  /description (pix, masked)')
    expect(audit('111.444.777-35', 'subject', erp)).toBe('nobody was shown anything of it\n')
    expect(plantedIn(audit(PERSON.email, 'subject', erp))).toEqual([])
  })

  test('an incident is told with what a notice to the ANPD needs, and until when', () => {
    const range = ['--from', '2020-01-01', '--to', '2100-01-01', '--caller', 'agent-1', '--known', '2026-11-25']
    const told: unknown = JSON.parse(audit('', 'incident', erp, ...range, '--format', 'json'))
    expect(told).toMatchObject({
      // Thursday, Friday, Monday; the nineteenth and the twenty-fifth are the days after, Christmas is none.
      deadlines: { notice: '2026-11-30', small_agent: '2026-12-03', supplement: '2026-12-23' },
      companies: ['12345678000195'],
      callers: ['agent-1'],
    })
    expect(Object(told).categories).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: 'document', fields: expect.arrayContaining(['/document']) }),
      ]),
    )
    expect(Object(told).subjects.at_least).toBeGreaterThanOrEqual(1)
    expect(audit('', 'incident', erp, ...range)).toContain('Notice to the ANPD and to the persons by 2026-11-30')
    expect(
      JSON.parse(audit('', 'incident', erp, ...range.slice(0, 4), '--caller', 'nobody', '--format', 'json')),
    ).toMatchObject({
      calls: 0,
      categories: [],
      subjects: { at_least: 0, at_most: 0 },
    })
  })

  test('a month comes as a table and as a page', () => {
    const out = mkdtempSync(join(tmpdir(), 'alcada-report-'))
    const month = new Date(line.alcada.ledger().at(-1)?.at_ms ?? 0).toISOString().slice(0, 7)
    audit('', 'report', erp, '--month', month, '--out', out)
    const csv = readFileSync(join(out, `alcada-${month}.csv`), 'utf8').split('\r\n')
    expect(csv[0]).toBe('erp,company,agent,person,counterparty,calls,settled_brl,unknown_brl,approvers,refusals')
    expect(csv.some((row) => row.startsWith(`${erp},12345678000195,agent-1,u17,`))).toBe(true)
    expect(readFileSync(join(out, `alcada-${month}.html`), 'utf8')).toContain('<td>agent-1</td>')
  })
})
