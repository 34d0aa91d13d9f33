// A backup is made of a state that is there, and says where it looked.
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runAlcada } from '../../helpers/alcada/command.ts'

test('where no state is there is no backup, and none is begun', async () => {
  const root = mkdtempSync(join(tmpdir(), 'alcada-backup-none-'))
  for (const name of ['erps', 'policies']) mkdirSync(join(root, name))
  const words = ['--root', root, 'backup', 'omie', '--to', join(root, 'none')]
  const { code, err } = await runAlcada(words, { ALCADA_STATE_DIR: join(root, 'no-state') })
  expect(code).toBe(1)
  expect(err).toContain('got no ledger: set ALCADA_STATE_DIR as its server has it')
  expect(readdirSync(root)).not.toContain('none')
  rmSync(root, { recursive: true })
})
