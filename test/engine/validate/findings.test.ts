import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Finding, sortFindings } from '../../../engine/contract/finding.ts'
import { loadTree } from '../../../engine/load/load.ts'
import { validateTree } from '../../../engine/validate/validate.ts'
import { type Edit, withTree } from '../../helpers/overlay.ts'

const ROOT = join(import.meta.dirname, '../../..')
const BAD = join(ROOT, 'test/fixtures/bad')

/** Codes of the YAML library, which look like ours. */
const FOREIGN = new Set(['DUPLICATE_KEY', 'BAD_ALIAS'])

function codesIn(folder: string): Set<string> {
  const files = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  )
  const texts = files.map((name) => readFileSync(join(ROOT, folder, name), 'utf8'))
  const codes = texts.flatMap((text) => [...text.matchAll(/'([A-Z]+(?:_[A-Z]+)+)'/g)].map((match) => match[1] ?? ''))
  return new Set(codes.filter((code) => !FOREIGN.has(code)))
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'))
}

async function findingsIn(root: string): Promise<Finding[]> {
  const { tree, findings } = await loadTree(root)
  return sortFindings([...findings, ...validateTree(tree).findings])
}

const OURS = new Set([...codesIn('engine/load'), ...codesIn('engine/validate')])
const FOLDERS = readdirSync(BAD)

describe('every finding code has its fixture', () => {
  test('every code that load and validate can report has a folder', () => {
    expect([...OURS].filter((code) => !FOLDERS.includes(code))).toEqual([])
  })

  test('every folder is named for a code that the engine can report', () => {
    const all = codesIn('engine')
    expect(FOLDERS.filter((code) => !all.has(code))).toEqual([])
  })
})

test('the good tree has no finding', async () => {
  expect(await withTree([], findingsIn)).toEqual([])
})

describe('a mistake in the good tree is found at its place', () => {
  for (const code of FOLDERS.filter((name) => OURS.has(name))) {
    test(code, async () => {
      const edits = readJson(join(BAD, code, 'edits.json')) as Edit[]
      const expected = readJson(join(BAD, code, 'expected.json'))
      const found = await withTree(edits, findingsIn)
      expect(found.map(({ code, severity, file, line, column }) => ({ code, severity, file, line, column }))).toEqual(
        expected,
      )
      expect(found.map((finding) => finding.code)).toContain(code)
      for (const { message, help } of found) {
        expect(message, 'lowercase, or the user’s text, no full stop').toMatch(/^(?:[a-z`/]|R\$|[0-9]).*[^.]$/su)
        expect(help.length).toBeGreaterThan(5)
      }
    })
  }
})
