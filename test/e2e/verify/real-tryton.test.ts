// `alcada verify-erp --target URL` on a real trytond: by default nothing is written there, told by Tryton's own tables;
// with `--write` marked records are made and removed, and no money is touched.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, describe as group, test } from 'vitest'
import { writeSecrets } from '../../../engine/commands/workplace.ts'
import type { VerifyReport } from '../../../engine/operate/verify/verdict.ts'
import { runAlcada } from '../../helpers/alcada/command.ts'
import { copyProject, type TestProject } from '../../helpers/alcada/project.ts'
import { AURORA } from '../../helpers/alcada/start.ts'
import { type Books, TRYTONS } from '../tryton/books.ts'

const [[, start, missing] = ['', null, 'no trytond']] = TRYTONS
const compiler = process.env['ALCADA_OPA']

group.skipIf(missing !== null)('alcada verify-erp on a real trytond', () => {
  let books: Books
  let project: TestProject
  beforeAll(async () => {
    if (start === null) throw new Error('expected a trytond')
    books = await start()
    project = copyProject('tryton')
    mkdirSync(join(project.root, '.alcada/secrets'), { recursive: true, mode: 0o700 })
    await writeSecrets(join(project.root, '.alcada/secrets/tryton.json'), books.credentials)
  })
  afterAll(async () => {
    project?.remove()
    await books?.close()
  })

  async function verified(...args: string[]): Promise<{ code: number | null; report: VerifyReport; err: string }> {
    const { code, out, err } = await runAlcada(
      [
        ...['--root', project.root, 'verify-erp', 'tryton', '--target', books.url, '--company', AURORA],
        ...['--format', 'json', ...args],
      ],
      { HOME: process.env['HOME'] ?? '', ...(compiler === undefined ? {} : { ALCADA_OPA: compiler }) },
    )
    return { code, report: JSON.parse(out), err }
  }
  const failed = (report: VerifyReport): unknown[] => report.tests.filter(({ outcome }) => outcome === 'failed')

  test('reads it, and writes nothing', async () => {
    const before = books.all()
    const { code, report, err } = await verified()
    expect(err).toBe('')
    expect(failed(report)).toEqual([])
    expect([code, report.writes]).toEqual([0, false])
    expect(report.passed).toBeGreaterThan(30)
    expect(books.all()).toEqual(before)
  })

  test('with --write makes marked records and removes them, and no payment', async () => {
    const [payments, parties] = [books.payments(), books.parties()]
    const { code, report, err } = await verified('--write')
    expect(err).toMatch(/^records of this run are named `ALCADA TEST \d+`, and are removed$/m)
    expect(failed(report)).toEqual([])
    expect([code, report.writes]).toEqual([0, true])
    expect(books.payments()).toEqual(payments)
    expect(books.parties()).toEqual(parties)
    const passed = report.tests.flatMap(({ name, outcome }) => (outcome === 'passed' ? [name] : []))
    expect(passed).toContain('a vendor that was made is read back as it was written')
  })
})
