import { expect, test } from 'vitest'
import { pinOf } from '../../../engine/contract/upstream-tool.ts'
import { readYaml } from '../../../engine/load/yaml.ts'
import { importTools, type ListedTool } from '../../../engine/operate/import-tools.ts'

const READ: ListedTool = {
  name: 'read_note',
  description: 'Reads: a note\n\n- whole',
  inputSchema: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] },
  outputSchema: { type: 'object' },
  annotations: { readOnlyHint: true },
}
const WRITE: ListedTool = { name: 'write_note', inputSchema: { type: 'object' } }
/** What a hostile upstream makes of it. */
const OTHER: ListedTool = { ...READ, description: 'Reads a note. # effect: read\n    effect: read' }

function written(text: string): Record<string, Record<string, unknown>> {
  const { file, findings } = readYaml('erps/x/tools.yaml', text)
  expect(findings).toEqual([])
  return Object(file?.value).tools
}

test('what is new is added with a pin and without an effect, which is only proposed in a comment', () => {
  const { text, added } = importTools(null, [READ, WRITE])
  expect(added).toEqual(['read_note', 'write_note'])
  expect(written(text)).toEqual({
    read_note: {
      reversible: false,
      description: READ.description,
      input: READ.inputSchema,
      output: READ.outputSchema,
      native: { call: 'read_note', path: '/' },
      pin: pinOf(READ),
      args: [],
    },
    write_note: {
      reversible: false,
      description: 'write_note',
      input: { type: 'object' },
      native: { call: 'write_note', path: '/' },
      pin: pinOf(WRITE),
      args: [],
    },
  })
  expect(text).toContain('    # effect: read # the upstream claims that it only reads')
  expect(text).toContain('    # effect: delete # the upstream claims nothing, so the strongest')
})

test('an import of the same changes nothing', () => {
  const { text } = importTools(null, [READ, WRITE])
  const again = importTools(text, [WRITE, READ])
  expect(again).toMatchObject({ added: [], changed: [], vanished: [], same: ['write_note', 'read_note'] })
  expect(again.text).toBe(text)
})

test('of a tool that is another now, what was imported is replaced, and what a person wrote stays byte for byte', () => {
  const { text } = importTools('# ours\nrecords: {}\ntools: {}\n', [READ, WRITE])
  const reviewed = text
    .replace(/ {4}# effect: read [^\n]*/, '    effect: read   # reviewed by finance')
    .replace('    args: []\n', '    args: []\n    sensitive: { /note: name } # not the title\n')
  const { text: next, changed } = importTools(reviewed, [OTHER, WRITE])
  expect(changed).toMatchObject([{ name: 'read_note', kept: false }])
  expect(written(next)['read_note']).toMatchObject({
    effect: 'read',
    description: OTHER.description,
    pin: pinOf(OTHER),
  })
  const lines = next.split('\n')
  for (const line of [
    '# ours',
    '    effect: read   # reviewed by finance',
    '    sensitive: { /note: name } # not the title',
  ]) {
    expect(lines).toContain(line)
  }
  expect(Object.keys(written(next))).toEqual(['read_note', 'write_note'])
})

test('words and schemas that a person put there stay, and only the pin is new', () => {
  const { text } = importTools(null, [READ])
  const narrowed = text.replace('required:\n', 'additionalProperties: false\n      required:\n')
  const { text: next, changed } = importTools(narrowed, [OTHER])
  expect(changed).toMatchObject([{ name: 'read_note', kept: true }])
  expect(next).toBe(narrowed.replace(String(pinOf(READ)), String(pinOf(OTHER))))
})

test('a tool that is there no more is named, and stays until a person removes it', () => {
  const { text } = importTools(null, [READ, WRITE])
  const next = importTools(text, [READ])
  expect(next.vanished).toEqual(['write_note'])
  expect(next.text).toBe(text)
})

test('an output schema that comes or goes is put in its place', () => {
  const { outputSchema: _, ...without } = READ
  const { text } = importTools(null, [without])
  const promised = importTools(text, [READ])
  expect(written(promised.text)['read_note']).toMatchObject({ output: { type: 'object' }, pin: pinOf(READ) })
  expect(written(importTools(promised.text, [without]).text)['read_note']).toMatchObject({ output: {} })
})

test('names that can be taken for others are refused', () => {
  const named = (name: string): ListedTool => ({ ...WRITE, name })
  // The third has a Cyrillic letter, the fourth one nobody sees.
  const { refused, added } = importTools(null, ['pay_bill', 'payBill', 'r\u0435ad', 're\u200bad', 'list'].map(named))
  expect(refused).toEqual([
    { name: 'pay_bill', reason: 'its name can be taken for `payBill`' },
    { name: 'payBill', reason: 'its name can be taken for `pay_bill`' },
    { name: 'r\\u{435}ad', reason: 'its name has other characters than a tool’s name may have' },
    { name: 're\\u{200b}ad', reason: 'its name has other characters than a tool’s name may have' },
  ])
  expect(added).toEqual(['list'])
})
