// The journal of deploys: what a server has not written into its ledger yet waits, in order, for one that does.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { DeployEvent } from '../../../../engine/contract/deploy-event.ts'
import { openJournal } from '../../../../engine/operate/deploy/journal.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'alcada-journal-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const event = (image: string): DeployEvent => ({
  ...{ at: '2026-11-28T12:00:00.000Z', erp: 'omie', image, before: 'sha256:12ab' },
  ...{ outcome: 'deployed', by: 'deploy', reason: null, heldMs: 0 },
})

test('what was not told waits, oldest first, also for the next engine; the other line of each stays', () => {
  const journal = openJournal(folder, 'omie')
  expect(journal.untold()).toEqual([])
  journal.end(event('first'))
  journal.end(event('second'))
  journal.told()
  expect(openJournal(folder, 'omie').untold()).toEqual([event('second')])
  expect(openJournal(folder, 'nibo').untold()).toEqual([])
  expect(readFileSync(join(folder, 'deploys.jsonl'), 'utf8').trim().split('\n').length).toBe(2)
})

test('what is under way is known to the next engine until it has ended', () => {
  const underway = { erp: 'omie', image: 'second', before: 'first', step: 'switching', startedAt: '' } as const
  openJournal(folder, 'omie').begin(underway)
  const next = openJournal(folder, 'omie')
  expect(next.underway()).toEqual(underway)
  next.end(event('second'))
  expect(next.underway()).toBeNull()
})
