import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { patchOf } from '../../../engine/gitops/patch.ts'
import { EditError, withRevoked } from '../../../engine/gitops/revoke-edit.ts'

const RBAC = `# Who may do what
rbac:
  # the roles
  roles:
    viewer:   { permissions: [read] } # looks
  tools: { "delete_*": { permission: admin } }
`

test('a new block says why, and nothing else of the file changes', () => {
  expect(withRevoked(RBAC, { callers: ['agent-7'], persons: [] }, 'chave\nvazada')).toBe(`# Who may do what
rbac:
  revoked: # chave vazada
    callers: [agent-7]
  # the roles
  roles:
    viewer:   { permissions: [read] } # looks
  tools: { "delete_*": { permission: admin } }
`)
})

test('names go into the lists that are there, once, with every comment kept', () => {
  const before = RBAC.replace(
    'rbac:\n',
    'rbac:\n  revoked:\n    # since May\n    callers: [a, "b"] # two\n    persons:\n      - u1 # left\n',
  )
  const after = withRevoked(before, { callers: ['b', 'c'], persons: ['u2'], companies: ['12345678000195'] }, 'x')
  expect(after).toContain('    callers: [a, "b", c] # two\n')
  expect(after).toContain('      - u2\n      - u1 # left\n')
  expect(after).toContain('    # since May\n')
  expect(after).toContain('    companies: ["12345678000195"]\n')
  expect(withRevoked(after, { callers: ['c'] }, 'x')).toBe(after)
})

test('a block on one line takes more', () => {
  const before = RBAC.replace('rbac:\n', 'rbac:\n  revoked: { callers: [a] }\n')
  expect(withRevoked(before, { tools: ['delete_*'] }, 'x')).toContain('revoked: { tools: [delete_*], callers: [a] }')
})

test('something else in its place is not edited', () => {
  expect(() => withRevoked('security: {}\n', { callers: ['a'] }, 'x')).toThrow(EditError)
  expect(() => withRevoked('rbac: [\n', { callers: ['a'] }, 'x')).toThrow(EditError)
})

test('git applies the patch', () => {
  const root = mkdtempSync(join(tmpdir(), 'alcada-patch-'))
  try {
    mkdirSync(join(root, 'policies/omie'), { recursive: true })
    const path = 'policies/omie/rbac.yaml'
    writeFileSync(join(root, path), RBAC)
    const after = withRevoked(RBAC, { roles: ['operator'] }, 'incidente')
    execFileSync('git', ['init', '-q'], { cwd: root })
    execFileSync('git', ['apply', '-'], { cwd: root, input: patchOf(path, RBAC, after) })
    expect(readFileSync(join(root, path), 'utf8')).toBe(after)
    expect(patchOf(path, RBAC, RBAC)).toBe('')
  } finally {
    rmSync(root, { recursive: true })
  }
})
