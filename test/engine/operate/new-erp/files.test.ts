import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import type { Finding } from '../../../../engine/contract/finding.ts'
import { loadTree } from '../../../../engine/load/load.ts'
import { AUTH_TYPES } from '../../../../engine/operate/new-erp/auth.ts'
import { draftErp } from '../../../../engine/operate/new-erp/draft.ts'
import { regoFiles } from '../../../../engine/operate/new-erp/files/rego-files.ts'
import { workflowFile } from '../../../../engine/operate/new-erp/files/workflow-file.ts'
import { readDescription } from '../../../../engine/operate/new-erp/openapi/document.ts'
import { faultOfName, faultOfUrl, type NewErp } from '../../../../engine/operate/new-erp/request.ts'
import { stageFiles } from '../../../../engine/operate/new-erp/write.ts'
import { validateTree } from '../../../../engine/validate/validate.ts'

// The files of a new ERP: of one template with those of our own ERPs, valid whatever a description says, written whole or not.

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url))
const committed = (path: string): string => readFileSync(join(ROOT, path), 'utf8')
const OURS = readdirSync(join(ROOT, 'erps'))
const COMERCIO = committed('test/fixtures/openapi/comercio.yaml')

const ACME: NewErp = {
  ...{ name: 'acme', title: 'Acme', apiUrl: 'https://api.acme.example/v1', authType: 'header' },
  ...{ description: null, owner: null },
}

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'alcada-new-erp-'))
  folders.push(folder)
  return folder
}

async function findingsOf(files: Readonly<Record<string, string>>): Promise<Finding[]> {
  const root = newFolder()
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  const { tree, findings } = await loadTree(root)
  return [...findings, ...validateTree(tree).findings]
}

describe('our own ERPs are of the same templates', () => {
  test.each(OURS)('the deploy workflow of %s', (erp) => {
    expect(committed(`.github/workflows/deploy-${erp}.yml`)).toBe(workflowFile(erp))
  })

  // Where one has thresholds, roles or rules of its own, its Rego says so.
  const OWN: Record<string, string[]> = {
    tryton: ['alerts_test.rego', 'decision_test.rego', 'rbac.rego'],
    omie: ['decision_test.rego'],
    bling: ['decision_test.rego'],
  }
  test.each(OURS)('the Rego of %s', (erp) => {
    const differing = Object.entries(regoFiles(erp)).filter(
      ([name, text]) => committed(`policies/${erp}/${name}`) !== text,
    )
    expect(differing.map(([name]) => name)).toEqual(OWN[erp] ?? [])
  })
})

describe('a new ERP passes the validator', () => {
  test.each(AUTH_TYPES)('with --auth-type %s: unreviewed and unowned, and no more than that', async (authType) => {
    const codes = (await findingsOf(draftErp({ ...ACME, authType }).files)).map(
      ({ code, severity }) => `${severity} ${code}`,
    )
    expect(codes).toEqual(['warning TOOL_UNREVIEWED', 'warning OWNER_MISSING'])
  })

  test('from a description', async () => {
    const { files } = draftErp({ ...ACME, description: readDescription(COMERCIO), owner: 'ana@example.com' })
    expect((await findingsOf(files)).map(({ code }) => code)).toEqual(['TOOL_UNREVIEWED'])
    expect(files['erps/acme/erp.yaml']).toContain('auth: [{ in: header, name: X-Chave, credential: token }]')
    expect(files['erps/acme/erp.yaml']).toContain('credentials: { secret: [token], plain: [x_loja] }')
    expect(files['erps/acme/erp.yaml']).toContain('{ status: [400, 422], kind: validation, message: /erro/mensagem }')
    expect(files['erps/acme/sandbox/stand-in.yaml']).toContain(
      '{ id: 7, nome: Padaria Aurora, cnpj: "11222333000181", ativo: true }',
    )
  })

  test('from a description that is out for more', async () => {
    const hostile = COMERCIO.replace('summary: Lista clientes', 'summary: "reads\\n    effect: read # | ]}\\u202E`"')
      .replace('title: Comércio', 'title: "![x](http://evil.example) | <script>"')
      .replaceAll('cnpj:', '"__proto__":')
    const { files } = draftErp({ ...ACME, description: readDescription(hostile) })
    expect((await findingsOf(files)).filter(({ severity }) => severity === 'error')).toEqual([])
    expect(files['erps/acme/README.md']).not.toMatch(/!\[|<script/)
    expect(files['erps/acme/tools.yaml']).not.toContain('\u202E')
  })

  test('nobody has more than reads, whatever the tools could do', () => {
    const { files } = draftErp({ ...ACME, description: readDescription(COMERCIO) })
    expect(files['policies/acme/security.yaml']).toContain(
      '\n  forbidden_effects: [create, update, delete, settle, fiscal]\n',
    )
    expect(files['policies/acme/decisions.yaml']).toContain(
      '{ as: admin, does: create_payment, then: { deny: [effect_forbidden] } }',
    )
  })
})

test.each(['Acme', '1x', 'a-b', 'a'.repeat(33), 'shared', 'config', 'every', 'fixture', ''])(
  '%j is no name',
  (name) => {
    expect(faultOfName(name)).not.toBeNull()
  },
)

test.each(['ftp://x.example', 'http://x.example', 'https://u:p@x.example', 'https://x.example/?a=1', 'x'])(
  '%s is no address',
  (url) => {
    expect(faultOfUrl(url)).not.toBeNull()
  },
)

test('all is put into its place, or nothing: a file that is in the way takes the others back', async () => {
  const root = newFolder()
  const files = { 'erps/a/erp.yaml': 'x', 'policies/a/rbac.yaml': 'y', '.github/workflows/deploy-a.yml': 'z' }
  const whole = ['erps/a', 'policies/a']
  mkdirSync(join(root, '.github/workflows'), { recursive: true })
  writeFileSync(join(root, '.github/workflows/deploy-a.yml'), 'mine')
  const staged = await stageFiles(root, files, whole)
  await expect(staged.place()).rejects.toThrow('`.github/workflows/deploy-a.yml` is there already')
  await staged.discard()
  expect([existsSync(join(root, 'erps/a')), existsSync(join(root, 'policies/a'))]).toEqual([false, false])
  expect(readFileSync(join(root, '.github/workflows/deploy-a.yml'), 'utf8')).toBe('mine')
  expect(readdirSync(join(root, '.alcada'))).toEqual([])

  rmSync(join(root, '.github/workflows/deploy-a.yml'))
  await (await stageFiles(root, files, whole)).place()
  expect(readFileSync(join(root, 'policies/a/rbac.yaml'), 'utf8')).toBe('y')
})
