import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { hold } from '../../../../engine/operate/backup/exchange.ts'
import { openState } from '../../../../servers/state/state.ts'

const STAMP = '20261128_020000'
const NAMES = ['a', 'archive', 'ledger.sqlite', 'ledger.sqlite-wal', 'policy']

const IN_FOLDERS = ['archive', 'policy']
const fileOf = (folder: string, name: string): string =>
  IN_FOLDERS.includes(name) ? join(folder, name, 'file') : join(folder, name)

function stateFolder(): string {
  const state = mkdtempSync(join(tmpdir(), 'alcada-exchange-'))
  for (const name of NAMES) write(state, name, 'old')
  return state
}

function write(folder: string, name: string, text: string): void {
  if (IN_FOLDERS.includes(name)) mkdirSync(join(folder, name), { recursive: true })
  writeFileSync(fileOf(folder, name), text)
}

function content(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder)
      .filter((name) => !name.startsWith('before-restore_') && !name.startsWith('.'))
      .map((name) => [name, readFileSync(fileOf(folder, name), 'utf8')]),
  )
}

const OLD = Object.fromEntries(NAMES.map((name) => [name, 'old']))
const NEW = { 'ledger.sqlite': 'new', 'mask.key': 'new', policy: 'new' }

test('the new content takes the place of the old, which is kept beside it', async () => {
  const state = stateFolder()
  const held = await hold(state, STAMP)
  for (const name of Object.keys(NEW)) write(held.draft, name, 'new')
  await held.exchange()
  await held.end()
  expect(content(state)).toEqual(NEW)
  expect(content(held.safety)).toEqual(OLD)
})

// Every rename of an exchange is a place to die in: 5 of old content, 3 of new.
test.each([1, 2, 3, 4, 5, 6, 7, 8, 9])('killed before rename %i, the old content is put back whole', async (nth) => {
  const state = stateFolder()
  const script = `
    import fsp from 'node:fs/promises'
    import { syncBuiltinESMExports } from 'node:module'
    const { rename } = fsp
    let left = ${nth}
    fsp.rename = (from, to) => (left-- === 0 ? process.kill(process.pid, 'SIGKILL') : rename(from, to))
    syncBuiltinESMExports()
    const { hold } = await import(${JSON.stringify(join(import.meta.dirname, '../../../../engine/operate/backup/exchange.ts'))})
    const held = await hold(${JSON.stringify(state)}, '${STAMP}')
    await fsp.writeFile(held.draft + '/ledger.sqlite', 'new')
    await fsp.writeFile(held.draft + '/mask.key', 'new')
    await fsp.mkdir(held.draft + '/policy')
    await fsp.writeFile(held.draft + '/policy/file', 'new')
    await held.exchange()
    process.kill(process.pid, 'SIGKILL')`
  const { signal } = spawnSync(process.execPath, ['--input-type=module', '-e', script])
  expect(signal).toBe('SIGKILL')
  expect(existsSync(join(state, 'restoring'))).toBe(true)
  await expect(openState({ path: state, erp: 'omie', now: Date.now })).rejects.toThrow(/is being restored/)

  const again = await hold(state, '20261128_030000')
  await again.end()
  expect(content(state)).toEqual(OLD)
})

test('a second restore at the same time is refused', async () => {
  const state = stateFolder()
  writeFileSync(join(state, 'restoring'), JSON.stringify({ pid: process.ppid, safety: 'x', moves: null }))
  await expect(hold(state, STAMP)).rejects.toThrow(/restores .* already/)
  expect(content(state)).toMatchObject(OLD)
})
