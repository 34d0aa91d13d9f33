import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type LogFile, openLogFile } from '../../../servers/ops/log-file.ts'

const DAY = 86_400_000
const WEDNESDAY = Date.parse('2026-11-25T13:00:00Z')

interface World {
  folder: string
  log: LogFile
  at: { ms: number }
  elsewhere: string[]
}

function world(folder = mkdtempSync(join(tmpdir(), 'alcada-log-')), maxBytes = 1_000): World {
  const at = { ms: WEDNESDAY }
  const elsewhere: string[] = []
  const otherwise = (line: string): void => void elsewhere.push(line)
  return { folder, at, elsewhere, log: openLogFile({ folder, name: 'app', maxBytes, now: () => at.ms, otherwise }) }
}

const text = (folder: string, name: string): string => readFileSync(join(folder, name), 'utf8')

test('lines are appended to a file that only its owner reads, also after a restart', () => {
  const { folder, log } = world(join(mkdtempSync(join(tmpdir(), 'alcada-log-')), 'omie'))
  log.write('one\n')
  log.close()
  const path = join(folder, 'app.log')
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  utimesSync(path, WEDNESDAY / 1_000, WEDNESDAY / 1_000)
  world(folder).log.write('two\n')
  expect(text(folder, 'app.log')).toBe('one\ntwo\n')
})

test('a new day puts the file aside, and so does its size', () => {
  const { folder, log, at } = world(undefined, 10)
  log.write('12345\n')
  log.write('6789\n')
  log.write('next\n')
  at.ms += DAY
  log.write('tomorrow, and longer than a file may be\n')
  log.write('x\n')
  expect(readdirSync(folder).sort()).toEqual([
    'app-2026-11-25.1.log',
    'app-2026-11-25.2.log',
    'app-2026-11-26.1.log',
    'app.log',
  ])
  expect(text(folder, 'app-2026-11-25.1.log')).toBe('12345\n')
  expect(text(folder, 'app-2026-11-25.2.log')).toBe('6789\nnext\n')
  expect(text(folder, 'app.log')).toBe('x\n')
})

test('what an earlier process left from another day is put aside under that day', () => {
  const { folder, log } = world()
  writeFileSync(join(folder, 'app.log'), 'old\n')
  const yesterday = (WEDNESDAY - DAY) / 1_000
  utimesSync(join(folder, 'app.log'), yesterday, yesterday)
  log.write('new\n')
  expect(text(folder, 'app-2026-11-24.1.log')).toBe('old\n')
  expect(text(folder, 'app.log')).toBe('new\n')
})

test('files are kept so many days and no longer; others in the folder are left alone', () => {
  const { folder, log, at } = world()
  for (let day = 0; day < 4; day += 1) {
    log.write(`${day}\n`)
    at.ms += DAY
  }
  for (const name of ['security-2026-01-01.1.log', 'app-2026-01-01.log', 'notes.txt'])
    writeFileSync(join(folder, name), '')
  log.keep(2)
  expect(readdirSync(folder).sort()).toEqual([
    'app-2026-01-01.log',
    'app-2026-11-27.1.log',
    'app-2026-11-28.1.log',
    'notes.txt',
    'security-2026-01-01.1.log',
  ])
})

test('a folder that cannot be made loses no line and stops nobody; once it can, lines are in files again', () => {
  const inTheWay = join(mkdtempSync(join(tmpdir(), 'alcada-log-')), 'omie')
  writeFileSync(inTheWay, '')
  const { log, at, elsewhere } = world(inTheWay)
  log.write('one\n')
  log.keep(1)
  expect(log.failure()).toMatch(/EEXIST|ENOTDIR/)
  log.write('two\n')
  expect(elsewhere).toEqual(['one\n', 'two\n'])
  rmSync(inTheWay)
  at.ms += 3_000
  log.write('three\n')
  expect(log.failure()).toBeNull()
  expect(text(inTheWay, 'app.log')).toBe('three\n')
})

test('a disk that is full is told of, and lines go elsewhere', () => {
  const { folder, log, elsewhere } = world()
  symlinkSync('/dev/full', join(folder, 'app.log'))
  log.write('one\n')
  expect(log.failure()).toContain('ENOSPC')
  expect(elsewhere).toEqual(['one\n'])
})
