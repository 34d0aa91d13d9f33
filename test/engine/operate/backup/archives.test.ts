// Archives that a server keeps elsewhere: those of the backup come back, and none that was there is written over.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { placeArchives } from '../../../../engine/operate/backup/archives.ts'

test('what the backup does not have, or has otherwise, is put aside; the rest stays or is brought', async () => {
  const place = mkdtempSync(join(tmpdir(), 'alcada-archives-'))
  const [from, to] = [join(place, 'from'), join(place, 'to')]
  const write = (folder: string, name: string, text: string): void => {
    mkdirSync(join(folder, 'omie', '_'), { recursive: true })
    writeFileSync(join(folder, 'omie', '_', name), text)
  }
  for (const [name, text] of Object.entries({ '1.gz': 'one', '2.gz': 'two', '3.gz': 'three' })) write(from, name, text)
  for (const [name, text] of Object.entries({ '1.gz': 'one', '2.gz': 'other', '4.gz': 'four' })) write(to, name, text)
  const aside = await placeArchives(from, to, '20261128_020000')
  const read = (folder: string, name: string): string => readFileSync(join(folder, 'omie', '_', name), 'utf8')
  expect(['1.gz', '2.gz', '3.gz'].map((name) => read(to, name))).toEqual(['one', 'two', 'three'])
  expect(existsSync(join(to, 'omie', '_', '4.gz'))).toBe(false)
  expect(aside).toBe(join(to, 'before-restore_20261128_020000'))
  expect(['2.gz', '4.gz'].map((name) => read(aside ?? '', name))).toEqual(['other', 'four'])
  // Once more: nothing is left to do, and what was put aside stays there.
  expect(await placeArchives(from, to, '20261128_030000')).toBe(null)
  expect(await placeArchives(join(place, 'none'), join(place, 'nowhere'), '20261128_030000')).toBe(null)
  rmSync(place, { recursive: true })
})
