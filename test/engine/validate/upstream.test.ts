import { describe, expect, test } from 'vitest'
import { loadTree } from '../../../engine/load/load.ts'
import { validateTree } from '../../../engine/validate/validate.ts'
import { type Edit, withTree } from '../../helpers/overlay.ts'

const ERP = 'erps/eco/erp.yaml'
const TOOLS = 'erps/eco/tools.yaml'
const ADDRESS = '  baseUrl: http://127.0.0.1:9000/mcp\n  allowedHosts: [127.0.0.1]\n'

function program(more: string): Edit[] {
  return [
    { file: ERP, replace: ADDRESS, with: '' },
    { file: ERP, replace: 'credentials:', with: `process: { program: eco-server, ${more} }\ncredentials:` },
    { file: ERP, replace: 'secret: []', with: 'secret: [token]' },
  ]
}

async function codes(edits: readonly Edit[]): Promise<string[]> {
  return withTree(edits, async (root) => {
    const { tree, findings } = await loadTree(root)
    return [...findings, ...validateTree(tree).findings].map(({ code }) => code)
  })
}

describe('an upstream that is a program', () => {
  test('has arguments, and an environment of texts, credentials and places in its own folder', async () => {
    const env = '{ MODE: ro, API_KEY: { credential: token }, STORE: { folder: data/store.json } }'
    expect(await codes(program(`args: ["--root", { folder: data }], env: ${env}`))).toEqual([])
  })

  test.each([
    ['args: [{ credential: token }]', 'a credential in the list of processes'],
    ['env: { NODE_OPTIONS: "--import=/tmp/x.mjs" }', 'what makes it load something else'],
    ['env: { LD_PRELOAD: "/tmp/x.so" }', 'what makes it load something else'],
    ['env: { PATH: "/tmp" }', 'what makes it run something else'],
    ['env: { STORE: { folder: "../other" } }', 'a place outside of its folder'],
    ['env: { STORE: { folder: "/etc" } }', 'a place outside of its folder'],
    ['env: { KEY: { credential: other } }', 'a credential nobody declared'],
  ])('does not get %s: %s', async (more) => {
    expect((await codes(program(more))).length).toBeGreaterThan(0)
  })

  test.each(['/bin/sh', '../sh', '-c', 'a b'])('is named, and not pointed at, as by `%s`', async (name) => {
    const named = program('').map((edit) =>
      'with' in edit ? { ...edit, with: edit.with.replace('eco-server', JSON.stringify(name)) } : edit,
    )
    expect(await codes(named)).toEqual(['VALUE_MALFORMED'])
  })

  test('has no address beside it, and an upstream has one of the two', async () => {
    expect(await codes(program('').slice(1))).toContain('KIND_MISMATCH')
    expect(await codes([{ file: ERP, replace: ADDRESS, with: '' }])).toEqual(['KEY_MISSING'])
  })
})

describe('an upstream that moves money', () => {
  const PIN = `sha256:${'0'.repeat(64)}`
  const tool = (facts: string): Edit => ({
    file: TOOLS,
    replace: '    sensitive: { /text: name }',
    with: `    sensitive: { /text: name }
  pay_bill:
    description: Pays
    effect: settle
    reversible: false
    input: { type: object, properties: { text: { type: string }, value: { type: number } }, required: [text, value], additionalProperties: false }
    native: { call: pay_bill, path: / }
    pin: ${PIN}
    args: []
    resolve: [{ as: bill, tool: echoText, args: { text: /args/text } }]
    facts: ${facts}`,
  })

  test('says by pointers how much and to whom, from its arguments and from what a declared read answers', async () => {
    const facts =
      '{ amount: { sum: [/args/value] }, currency: { const: BRL }, counterparty: /resolved/bill/supplier, idempotency_key: /args/text }'
    const found = await codes([tool(facts)])
    // The table has no row for it yet; nothing is wrong with the tool.
    expect(found.filter((code) => !/^TOOL_WITHOUT_/.test(code))).toEqual([])
  })

  test('is a finding where it does not say how much', async () => {
    expect(await codes([tool('{ currency: { const: BRL }, counterparty: /resolved/bill/supplier }')])).toContain(
      'MONEY_FACT_MISSING',
    )
  })
})
