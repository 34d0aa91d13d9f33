import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { folderSource } from '../../../engine/channel/folder.ts'
import type { OpenedEntry, RecordedEntry } from '../../../servers/state/state.ts'
import { candidateBeside } from '../../../servers/wiring/candidate.ts'
import { forgeLog } from '../../helpers/forge/channel.ts'
import { forgeInput } from '../../helpers/forge/content.ts'

const channel = mkdtempSync(join(tmpdir(), 'alcada-beside-'))
afterAll(() => rmSync(channel, { recursive: true }))

test('whatever goes wrong beside, what was written is answered', async () => {
  const log = { ...forgeLog(), error: () => undefined, debug: () => undefined }
  const beside = candidateBeside({
    ...{
      channel: folderSource(channel),
      erp: 'omie',
      pollMs: 3_600_000,
      trust: { current: () => ({ keys: [] }), onChange: () => undefined },
      now: Date.now,
      log,
    },
    current() {
      throw new Error('planted')
    },
  })
  const state = beside.watched({
    approvals: { ask: async () => Promise.reject(new Error('nobody asks here')) },
    open: async (_entry: OpenedEntry) => ({ kind: 'opened' as const, entry: 'omie-1' }),
    record: async (_entry: RecordedEntry) => 'omie-2',
  })
  const decision = {
    effect: 'allow' as const,
    reasons: [],
    approval: null,
    mask: [],
    permission: 'read' as const,
    granted: true,
  }
  const about = { bundle: 'x', input: forgeInput(), decision }
  const call = { ...about, request: 'r', revision: 1, purpose: 'call' as const, tool: 't', company: 'c', args: {} }
  expect(await state.open(call)).toEqual({ kind: 'opened', entry: 'omie-1' })
  const entry: RecordedEntry = {
    ...about,
    request: null,
    what: 'denied',
    code: 'x',
    caller: null,
    tool: null,
    revision: 1,
  }
  expect(await state.record(entry)).toBe('omie-2')
  expect(log.events).toEqual(['candidate.failed', 'candidate.failed'])
  await beside.stop()
})
