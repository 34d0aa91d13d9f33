import { expect, test } from 'vitest'
import { loadTree } from '../../../engine/load/load.ts'
import { withTree } from '../../helpers/overlay.ts'

test('a tree holds every ERP with its files and Rego, in the same order each time', async () => {
  const { tree, findings } = await withTree([], (root) => loadTree(root))
  expect(findings).toEqual([])
  expect(Object.keys(tree.erps)).toEqual(['eco', 'loja'])
  expect(Object.keys(tree.erps['loja']?.rego ?? {})).toEqual(['policies/loja/decision.rego'])
  expect(Object.keys(tree.sharedRego)).toEqual(['policies/shared/verdict.rego'])
  expect(tree.erps['loja']?.files.rbac?.locate('/rbac/alcada/settle/1/up_to')).toEqual({ line: 14, column: 18 })
  expect(tree.texts['policies/loja/decision.rego']).toMatch(/^package loja\n/)
})

test('only the named ERPs are read, and the others need not be whole', async () => {
  const edits = [{ file: 'policies/eco/rbac.yaml', remove: true as const }]
  const { tree, findings } = await withTree(edits, (root) => loadTree(root, ['loja']))
  expect(Object.keys(tree.erps)).toEqual(['loja'])
  expect(findings).toEqual([])
})

test('a name that is no ERP is a finding that tells which there are', async () => {
  const { findings } = await withTree([], (root) => loadTree(root, ['lojja']))
  expect(findings).toMatchObject([
    { code: 'ERP_UNKNOWN', message: 'ERP `lojja` does not exist', help: 'known: eco, loja' },
  ])
})

test('a folder whose name cannot be an OPA package is a finding', async () => {
  const edits = [{ file: 'erps/minha-loja/erp.yaml', write: 'name: x\n' }]
  const { findings } = await withTree(edits, (root) => loadTree(root))
  expect(findings.map((finding) => finding.code)).toEqual(['ERP_NAME', 'ERP_WITHOUT_POLICY'])
})

test('Rego that is no UTF-8, or that a link brings from elsewhere, is a finding', async () => {
  const edits = [
    { file: 'policies/loja/decision.rego', hex: 'ff' },
    { file: 'policies/shared/verdict.rego', symlink: '/etc/hostname' },
  ]
  const { findings } = await withTree(edits, (root) => loadTree(root))
  expect(findings.map(({ code, file }) => `${code} ${file}`)).toEqual([
    'FILE_ENCODING policies/loja/decision.rego',
    'FILE_SYMLINK policies/shared/verdict.rego',
  ])
})

test('a link within the project is followed', async () => {
  const edits = [{ file: 'policies/eco/alerts.yaml', symlink: '../loja/alerts.yaml' }]
  const { findings } = await withTree(edits, (root) => loadTree(root))
  expect(findings).toEqual([])
})

test('all findings come at once, from all files', async () => {
  const edits = [
    { file: 'erps/loja/erp.yaml', write: 'a: 1\na: 2\n' },
    { file: 'policies/loja/rbac.yaml', write: 'rbac:\n\troles: {}\n' },
    { file: 'policies/eco/security.yaml', remove: true as const },
  ]
  const { findings } = await withTree(edits, (root) => loadTree(root))
  expect(findings.map((finding) => finding.code)).toEqual(['YAML_DUPLICATE_KEY', 'FILE_MISSING', 'YAML_TAB'])
})
