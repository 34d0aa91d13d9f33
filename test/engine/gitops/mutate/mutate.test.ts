import { join } from 'node:path'
import { afterEach, expect, inject, test } from 'vitest'
import { openPolicyCompiler } from '../../../../engine/compile/compile.ts'
import { programOf } from '../../../../engine/gitops/diff/diff.ts'
import { configReads } from '../../../../engine/gitops/mutate/config-reads.ts'
import type { Mutant } from '../../../../engine/gitops/mutate/mutant.ts'
import { type MutationReport, mutate } from '../../../../engine/gitops/mutate/mutate.ts'
import { openTestFolder } from '../../../../engine/gitops/mutate/rego-tests.ts'
import { mutationText, score } from '../../../../engine/gitops/mutate/report-text.ts'
import { type Fate, tryYaml } from '../../../../engine/gitops/mutate/trial.ts'
import { yamlMutants } from '../../../../engine/gitops/mutate/yaml-mutants.ts'
import { loadTree } from '../../../../engine/load/load.ts'
import { validateTree } from '../../../../engine/validate/validate.ts'
import { copyAsWritten, type TestProject } from '../../../helpers/alcada/project.ts'

const SHIPPED = join(import.meta.dirname, '../../../..')
let project: TestProject | undefined
afterEach(() => project?.remove())

function placesOf({ survivors }: MutationReport): string[] {
  return survivors.map(({ file, line, kind, after }) => `${file}:${line} ${kind}: ${after.join(' ').trim()}`)
}

test('a sample of the shared Rego has no survivor', { timeout: 300_000 }, async () => {
  const report = await mutate({ root: SHIPPED, target: 'shared', opa: inject('compiler'), sample: 20, seed: 3 })
  expect(placesOf(report)).toEqual([])
  expect(report.tried).toBe(20)
  expect(report.all).toBeGreaterThan(900)
  expect(score(report)).toBe(1)
})

test('a sample of an ERP, its YAML included, has none either', { timeout: 300_000 }, async () => {
  const report = await mutate({ root: SHIPPED, target: 'tryton', opa: inject('compiler'), sample: 20, seed: 3 })
  expect(placesOf(report)).toEqual([])
  expect(report.killed.table).toBeGreaterThan(2)
})

test('a row of the table that is taken away leaves a limit that may be moved unnoticed', {
  timeout: 300_000,
}, async () => {
  project = copyAsWritten('tryton')
  const { root, read, write } = project
  const file = 'policies/tryton/security.yaml'
  const [mutant] = yamlMutants(file, read(file), []).filter(
    ({ replacement, kind }) => kind === 'number' && replacement === '7',
  )
  expect(mutant).toMatchObject({ file, line: 43, column: 13 })
  expect(await fateOf(root, mutant)).toEqual({ is: 'killed', by: 'table' })
  const table = 'policies/tryton/decisions.yaml'
  write(table, read(table).replace(/^.*name: not before, as.*\n/m, ''))
  expect(await fateOf(root, mutant)).toEqual({ is: 'unnoticed' })
})

test('a Rego test that is taken away leaves survivors, named with their place and the change', {
  timeout: 300_000,
}, async () => {
  project = copyAsWritten('tryton')
  const tests = 'policies/tryton/alerts_test.rego'
  project.replace(tests, '\traised({"disk_used": 0.89}) == set()\n', '')
  const only = 'policies/tryton/alerts.yaml'
  const report = await mutate({ root: project.root, target: 'tryton', opa: inject('compiler'), only })
  expect(placesOf(report)).toEqual([
    `${only}:7 number: disk_space: { threshold: 0.89, severity: warning } # part of the disk in use`,
  ])
  expect(score(report)).toBeLessThan(1)
  expect(mutationText(report)).toContain(`${only}:7:28 number: nobody noticed\n  -   disk_space: { threshold: 0.90`)
  // Who is told is for the server: no rule reads it.
  expect(report.outside).toBe(4)
})

async function fateOf(root: string, mutant: Mutant | undefined): Promise<Fate> {
  const { tree } = await loadTree(root, ['tryton'])
  const checked = validateTree(tree).erps['tryton']
  if (checked === undefined || mutant === undefined) throw new Error('expected an ERP without findings, and a mutant')
  const compiler = await openPolicyCompiler({ compiler: inject('compiler') })
  const folder = await openTestFolder(checked, inject('compiler'), root)
  const reads = configReads(await programOf(checked, inject('compiler')))
  return tryYaml(mutant, { checked, folder, reads }, tree, compiler).finally(() => compiler.close())
}
