import { mkdirSync, mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { pruneBackups } from '../../../../engine/operate/backup/folder.ts'

const NOW = Date.parse('2026-11-28T02:00:00Z')

function backups(...names: string[]): string {
  const to = mkdtempSync(join(tmpdir(), 'alcada-prune-'))
  for (const name of names) mkdirSync(join(to, 'omie', name), { recursive: true })
  return to
}

test('backups older than thirty days are removed, and nothing else', async () => {
  const to = backups(
    'omie_20261029_015959',
    'omie_20261029_020000',
    'omie_20261128_020000',
    'omie_notes',
    '.omie_draft',
  )
  expect(await pruneBackups(to, 'omie', 30, NOW)).toEqual(['omie_20261029_015959'])
  expect(readdirSync(join(to, 'omie')).sort()).toEqual([
    '.omie_draft',
    'omie_20261029_020000',
    'omie_20261128_020000',
    'omie_notes',
  ])
})

test('the newest backup stays, however old', async () => {
  const to = backups('omie_20250101_020000', 'omie_20250102_020000')
  expect(await pruneBackups(to, 'omie', 30, NOW)).toEqual(['omie_20250101_020000'])
})
