import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import type { LedgerRow } from '../../../engine/contract/ledger.ts'
import { readLedger } from '../../../servers/state/read-ledger.ts'
import { openState } from '../../../servers/state/state.ts'
import { type Alcada, startAlcada } from '../../helpers/alcada/start.ts'
import { stateFolder } from '../../helpers/state/databases.ts'
import { DAY, SELDOM } from '../../servers/state/aged.ts'
import { DONE, payment } from '../../servers/state/fixtures.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
let alcada: Alcada | null = null
afterEach(async () => {
  await alcada?.stop()
  alcada = null
})

function audit(path: string, ...args: string[]): { code: number | null; out: string } {
  const env = { PATH: process.env['PATH'] ?? '', ALCADA_STATE_DIR: path }
  const command = [join(root, 'engine', 'cli.ts'), '--root', root, 'audit', ...args]
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { env, encoding: 'utf8' })
  return { code: status, out: `${stdout}${stderr}` }
}

/** A ledger with two payments on each of these days before now. */
async function writtenBefore(...days: number[]): Promise<string> {
  const path = stateFolder()
  for (const day of days) {
    const now = (): number => Date.now() - day * DAY
    const state = await openState({ path, erp: 'omie', now, checkpoint: SELDOM })
    const date = new Date(now()).toISOString().slice(0, 10)
    for (const reference of [`A${day}`, `B${day}`]) {
      const opened = await state.open(payment({ reference, day: date }))
      if (opened.kind === 'opened') await state.close(opened.entry, DONE)
    }
    await state.stop()
  }
  return path
}

const archives = (path: string): string[] => {
  const folder = join(path, 'archive', 'omie', '_')
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.gz')) : []
}

function said(rows: readonly LedgerRow[], what: string): LedgerRow[] {
  return rows.filter(({ event }) => event.kind === 'recorded' && event.what === what)
}

async function until(met: () => boolean): Promise<void> {
  while (!met()) await new Promise((resolve) => setTimeout(resolve, 50))
}

test('`trail_retention_days` of the policy in force decides how long a server keeps the trail', async () => {
  const path = await writtenBefore(1_900, 400)
  const settings = { ALCADA_STATE_DIR: path, ALCADA_LEDGER_LIVE_DAYS: '60' }
  alcada = await startAlcada({ erp: 'omie', env: settings })
  // 1826 days: the oldest are in an archive and over, the others in an archive.
  await until(() => said(readLedger(path), 'archives_removed').length === 1)
  await until(() => archives(path).length === 1 && readLedger(path)[0]?.seq === 9)
  expect(audit(path, 'verify', 'omie', '--no-archives').out).toMatch(
    /^omie: rows 9 to \d+, each as it was written; what came before row 9 stands in archives that were not looked at;/,
  )
  const file = 'policies/omie/security.yaml'
  const { project } = alcada
  project.write(file, project.read(file).replace('trail_retention_days: 1826', 'trail_retention_days: 300'))
  await alcada.publish()
  await until(() => said(readLedger(path), 'archives_removed').length === 2)
  await until(() => archives(path).length === 0)
  expect(audit(path, 'verify', 'omie')).toMatchObject({
    code: 0,
    out: expect.stringMatching(/; what came before row 9 was removed when its time was over; end not provable$/m),
  })
}, 300_000)

test('tail, search and export read archives where asked, and verify reads them by itself', async () => {
  const path = await writtenBefore(400, 1)
  alcada = await startAlcada({ erp: 'omie', env: { ALCADA_STATE_DIR: path } })
  await until(() => readLedger(path)[0]?.seq === 5)
  await alcada.stop()
  alcada = null
  const found = (...args: string[]): string[] => {
    const told: { entries: { entry: string }[] } = JSON.parse(
      audit(path, 'search', 'omie', '--what', 'done', '--format', 'json', ...args).out,
    )
    return told.entries.map(({ entry }) => entry)
  }
  expect(found()).toEqual(['omie-000000005', 'omie-000000007'])
  expect(found('--archives')).toEqual(['omie-000000001', 'omie-000000003', 'omie-000000005', 'omie-000000007'])
  expect(found('--archives', join(path, 'archive'))).toHaveLength(4)
  expect(audit(path, 'tail', 'omie', '--archives', '-n', '100').out).toContain('omie-000000001  done')
  const out = join(path, 'decisions.jsonl')
  expect(audit(path, 'export', 'omie', '--out', out, '--archives').out).toBe(`4 decisions in ${out}\n`)
  expect(audit(path, 'export', 'omie', '--out', out).out).toBe(`2 decisions in ${out}\n`)
  expect(audit(path, 'verify', 'omie').out).toMatch(/^omie: \d+ rows, each as it was written, 1 archives read; end not/)
  const [name = ''] = archives(path)
  rmSync(join(path, 'archive', 'omie', '_', name))
  expect(audit(path, 'verify', 'omie')).toEqual({
    code: 3,
    out: `omie: broken at row 1: archive \`omie/_/${name}\` is missing\n`,
  })
}, 300_000)
