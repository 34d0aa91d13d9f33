// `alcada verify-erp`, as it is run: an ERP that a file alone describes passes; with faults planted in that file, the
// tests that are there for them fail, and no others.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, describe as group, test } from 'vitest'
import { readEnvironment } from '../../../engine/commands/environment.ts'
import { verifyErp } from '../../../engine/commands/verify-erp.ts'
import type { VerifyReport } from '../../../engine/operate/verify/verdict.ts'
import { type Ran, runAlcada } from '../../helpers/alcada/command.ts'
import { copyProject, type TestProject } from '../../helpers/alcada/project.ts'
import { needs } from '../../helpers/needs.ts'

const FIXTURE = join(import.meta.dirname, '../../fixtures/stand-in')
const FILE = 'erps/feira/sandbox/stand-in.yaml'
const compiler = process.env['ALCADA_OPA']
const env: Record<string, string> = {
  HOME: process.env['HOME'] ?? '',
  ...(compiler === undefined ? {} : { ALCADA_OPA: compiler }),
}

async function verified(change: (project: TestProject) => void, ...args: string[]): Promise<Ran> {
  const project = copyProject('feira', FIXTURE)
  try {
    change(project)
    return await runAlcada(['--root', project.root, 'verify-erp', 'feira', ...args], env)
  } finally {
    project.remove()
  }
}

test.each([
  [{ target: 'https://other.example/v1', company: '12345678000195' }, '`other.example` is not this machine'],
  [{ target: 'https://api.feira.example/v1' }, 'expected --company CNPJ'],
  [{ target: 'https://api.feira.example/v1', company: '1' }, 'expected a CNPJ'],
  [{ write: true }, '--write goes with --target URL'],
  [{ write: true, readOnly: true, target: 'https://api.feira.example/v1' }, 'expected one of --write and --read-only'],
])('%j is refused before anything is sent', async (given, words) => {
  const usual = { target: 'sandbox', readOnly: false, write: false, allowRemote: [], format: 'text' } as const
  const project = copyProject('feira', FIXTURE)
  const options = { root: project.root, erp: 'feira', environment: readEnvironment({}), ...usual, ...given }
  await expect(verifyErp(options).finally(() => project.remove())).rejects.toThrow(words)
})

group.skipIf(needs('opa').missing !== null)('alcada verify-erp', () => {
  const folder = mkdtempSync(join(tmpdir(), 'alcada-record-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const results: string[][] = []

  test('passes an ERP whose stand-in is a file, and says of each tool that it was called', async () => {
    const { code, out, err } = await verified(() => undefined, '--format', 'json', '--record', folder)
    expect(err).toBe('')
    const report: VerifyReport = JSON.parse(out)
    expect(report.tests.filter(({ outcome }) => outcome === 'failed')).toEqual([])
    expect([code, report.target, report.writes, report.passed, report.notTried]).toEqual([0, 'stand-in', true, 40, 1])
    expect(report.tools.filter((tool) => tool.tests === 0)).toEqual([])
    expect(report.tools.length).toBe(10)
    results.push(report.tests.map(({ name, outcome }) => `${outcome} ${name}`))
  })

  test('comes to the same before what it recorded, in which nobody is named', async () => {
    const text = readFileSync(join(folder, 'stand-in.yaml'), 'utf8')
    for (const real of ['Aurora', 'Brisa', '11222333000181', 'aurora@example.com']) expect(text).not.toContain(real)
    const { code, out } = await verified(({ write }) => write(FILE, text), '--format', 'json')
    const report: VerifyReport = JSON.parse(out)
    results.push(report.tests.map(({ name, outcome }) => `${outcome} ${name}`))
    expect(code).toBe(0)
    expect(results[1]).toEqual(results[0])
  })

  test('finds what is wrong with one', async () => {
    const plant = ({ replace }: TestProject): void => {
      // A wrong credential is as good as the right one.
      replace(
        FILE,
        'rate: { max: 30, perMs: 1000 }',
        'auth: []\nerrors: { not_found: { status: 200, body: { id: x } } }',
      )
      // An update that is answered and not done; and what is archived stays in use.
      replace(FILE, 'path: "/customers/{id}", does: update', 'path: "/customers/{id}", does: set, set: {}')
      replace(FILE, 'set: { active: false }', 'set: { active: true }')
    }
    const { code, out } = await verified(plant, '--format', 'junit')
    expect(code).toBe(3)
    const failed = [...out.matchAll(/<testcase name="([^"]+)"[^>]*>\s*<failure/g)].map(([, name]) => name)
    expect(failed).toEqual([
      'the ERP refuses a wrong credential, and that is told as such',
      'a customer that was changed has the change and keeps the rest',
      'a customer that was put out of use is inactive',
      'a customer that was deleted is there no more',
      '`get_category_by_id` of nothing is told as not found',
      '`get_customer_by_id` of nothing is told as not found',
      '`delete_customer` of nothing is refused',
      '`update_customer` of nothing is refused',
      '`update_customer_inactive` of nothing is refused',
      'the ERP refuses calls above its rate, and that is told as such',
    ])
  })
})
