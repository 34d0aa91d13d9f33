import fc from 'fast-check'
import { expect, test } from 'vitest'
import { loadTree } from '../../../engine/load/load.ts'
import type { ErpSources, Tree } from '../../../engine/load/tree.ts'
import { readYaml } from '../../../engine/load/yaml.ts'
import { validateTree } from '../../../engine/validate/validate.ts'
import { withTree } from '../../helpers/overlay.ts'

const good: Tree = await withTree([], async (root) => (await loadTree(root)).tree)

/** Every pointer into a document, so that any part of it can be spoiled. */
function pointers(value: unknown, at: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [at]
  return [at, ...Object.entries(value).flatMap(([key, inner]) => pointers(inner, [...at, key]))]
}

function spoiled(value: unknown, path: readonly (string | number)[], put: unknown): unknown {
  const [first, ...rest] = path
  if (first === undefined) return put
  if (Array.isArray(value))
    return value.map((item, index) => (index === Number(first) ? spoiled(item, rest, put) : item))
  const entries = Object.entries(value as object)
  return Object.fromEntries(entries.map(([key, inner]) => [key, key === first ? spoiled(inner, rest, put) : inner]))
}

const odd = fc.oneof(
  fc.constantFrom(null, true, 0, -1, 1e308, '', '*', '/', '~', '/~2', 'x'.repeat(3000), '(', '{}', '[]', '$native'),
  fc.string({ maxLength: 8 }),
  fc.array(fc.constantFrom(1, 'a', null, '/id'), { maxLength: 3 }),
  fc.dictionary(
    fc.constantFrom('$args', '$native', 'constructor', 'toString', 'from', 'in', 'style'),
    fc.constant('x'),
    { maxKeys: 3 },
  ),
)

test('whatever stands at whatever place, it is judged, never thrown on, and every finding has a place in its file', () => {
  const sources = Object.values(good.erps)
  const places = sources.flatMap((erp) =>
    Object.entries(erp.files).flatMap(([name, file]) => pointers(file?.value).map((path) => ({ erp, name, path }))),
  )
  fc.assert(
    fc.property(fc.constantFrom(...places), odd, ({ erp, name, path }, put) => {
      const file = erp.files[name as keyof ErpSources['files']]
      if (file === null) return
      const value = spoiled(file.value, path, put)
      // JSON is YAML; the reader sees it as a person would have written it.
      const { file: read, findings } = readYaml(file.path, JSON.stringify(value, null, 1))
      const files = { ...erp.files, [name]: read }
      const result = validateTree({ ...good, erps: { [erp.name]: { ...erp, files } } })
      for (const finding of [...findings, ...result.findings]) {
        expect(finding.file).not.toBe('')
        expect(finding.line).toBeGreaterThan(0)
        expect(finding.column).toBeGreaterThan(0)
      }
    }),
    { numRuns: 300 },
  )
})
