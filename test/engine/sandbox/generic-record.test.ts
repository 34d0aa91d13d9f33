// What verify-erp records: exchanges without credentials, personal values made up of the same kind, the same everywhere.
import { describe, expect, test } from 'vitest'
import { isCnpj } from '../../../engine/contract/cnpj.ts'
import { readYaml } from '../../../engine/load/yaml.ts'
import type { Passed } from '../../../engine/sandbox/between.ts'
import { recordingOf, recordingText } from '../../../engine/sandbox/generic/record.ts'
import { isRow, type Row, rowsOf, textOf } from '../../../engine/sandbox/row.ts'
import { feira } from '../operate/verify/market.ts'

const DOCUMENT = '11222333000181'

function passed(path: string, answer: unknown, more: Partial<Passed> = {}): Passed {
  return {
    ...{ method: 'GET', path, query: [], body: '', status: 200, from: 0, until: 1, spoiled: false },
    ...{ headers: { authorization: 'Bearer the-secret' }, answerHeaders: { 'content-type': 'application/json' } },
    answer: typeof answer === 'string' ? answer : JSON.stringify(answer),
    ...more,
  }
}

const ANA = {
  id: 'c1',
  name: 'Ana Souza',
  document: DOCUMENT,
  email: 'ana@souza.com.br',
  phone: '81988887777',
  note: 'ask ana@souza.com.br',
}
const SEEN = [
  passed(
    '/customers',
    { items: [ANA], total: 1 },
    {
      query: [
        ['page', '1'],
        ['size', '21'],
      ],
    },
  ),
  passed(
    '/customers',
    { items: [ANA] },
    {
      query: [
        ['document', DOCUMENT],
        ['name', 'x Ana Souza y'],
      ],
    },
  ),
  passed(
    '/customers',
    { items: [ANA] },
    {
      query: [
        ['page', '1'],
        ['size', '60'],
      ],
    },
  ),
  passed(
    '/customers',
    { items: [ANA] },
    {
      query: [
        ['page', '2'],
        ['size', '61'],
      ],
    },
  ),
  passed('/customers/c1', { ...ANA, document: '11.222.333/0001-81' }),
  passed('/customers', { id: 'n1' }, { method: 'POST', status: 201, body: '{"name":"ALCADA TEST 654321 A"}' }),
  passed('/customers', '', { status: 500, spoiled: true }),
  passed('/customers', { error: 'no' }, { status: 401, headers: { authorization: 'Bearer spoilt-one' } }),
]

async function recorded(): Promise<ReturnType<typeof recordingOf>> {
  const told = passed(
    '/customers',
    { error: 'slow down' },
    { status: 429, answerHeaders: { 'retry-after': '3', 'set-cookie': 'a' } },
  )
  return recordingOf({
    ...{ catalogue: await feira(), passed: SEEN, hurried: [told], spoilt: ['spoilt-one'], plain: {} },
    ...{ own: ['TEST 000001'], instead: [['TEST 654321', 'TEST 000001']], freshSize: 60 },
  })
}

function asRows(answer: unknown): Row[] {
  return rowsOf(isRow(answer) ? answer['items'] : [])
}

describe('a recording', () => {
  test('holds no personal value and no credential, in whatever form they came', async () => {
    const text = recordingText(await recorded())
    for (const real of [
      'Ana',
      'Souza',
      DOCUMENT,
      '11.222',
      'souza',
      '88887777',
      'the-secret',
      'spoilt',
      'Bearer',
      'cookie',
    ]) {
      expect(text).not.toContain(real)
    }
  })

  test('has the same made-up value of the same kind wherever the real one was', async () => {
    const { exchanges = [] } = await recorded()
    const [list, found, , one] = exchanges
    const { name, document, email, phone, note } = asRows(list?.answer)[0] ?? {}
    expect([name, email, phone, note]).toEqual([
      'E0001 Ficticia',
      'pessoa1@example.com',
      '11300000001',
      'ask pessoa1@example.com',
    ])
    expect(isCnpj(textOf(document))).toBe(true)
    expect(found?.query).toEqual({ document, name: 'x E0001 Ficticia y' })
    const shown = textOf(asRows({ items: [one?.answer] })[0]?.['document'])
    expect(shown).toMatch(/^\d\d\.\d{3}\.\d{3}\/0001-\d\d$/)
    expect(shown.replace(/\D/g, '')).toBe(document)
  })

  test('keeps what is of the run, under the mark that a stand-in is verified with', async () => {
    const { exchanges = [] } = await recorded()
    expect(exchanges.at(-1)).toMatchObject({
      method: 'POST',
      body: { name: 'ALCADA TEST 000001 A' },
      answer: { id: 'n1' },
    })
  })

  test('has one exchange for lists that differ in page and size alone, and none that was spoilt or refused', async () => {
    const { exchanges = [] } = await recorded()
    expect(exchanges.length).toBe(5)
    expect(exchanges[2]?.query).toEqual({ page: { $any: true }, size: { $any: true } })
  })

  test('tells how a wrong credential and one call too many are refused', async () => {
    const { errors, rate } = await recorded()
    expect(errors).toEqual({
      auth: { status: 401, body: { error: 'no' } },
      rate_limited: { status: 429, headers: { 'retry-after': '3' }, body: { error: 'slow down' } },
    })
    expect(rate?.max).toBe(20)
  })

  test('is read back as it was written', async () => {
    const file = await recorded()
    const { file: read, findings } = readYaml('stand-in.yaml', recordingText(file))
    expect(findings).toEqual([])
    expect(read?.value).toEqual(file)
  })
})
