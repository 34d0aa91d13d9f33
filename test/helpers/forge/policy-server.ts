import { afterEach, beforeAll, beforeEach, inject } from 'vitest'
import { folderSource } from '../../../engine/channel/folder.ts'
import { type StartPolicyOptions, startPolicy } from '../../../servers/policy/start.ts'
import type { PolicyHolder } from '../../../servers/policy/status.ts'
import { forgeBundle, forgeFiles, NOW_MS } from './bundle.ts'
import { type ForgedChannel, forgeChannel, forgeLog } from './channel.ts'
import { type ForgedKey, forgeKey, trustOf } from './key.ts'

/** What the tests of servers/policy work with: a channel, a clock, and servers that end with the test. */
export interface PolicyServers {
  key: ForgedKey
  /** Two contents of the same ERP that differ. */
  files(): Map<string, Uint8Array>
  others(): Map<string, Uint8Array>
  place(): ForgedChannel
  /** Epoch milliseconds of the servers' clock. */
  now(): number
  advance(ms: number): void
  start(options?: Partial<StartPolicyOptions>): Promise<PolicyHolder>
  /** Publishes a revision, by default of `files` and with `key`. */
  put(revision: number, content?: ReadonlyMap<string, Uint8Array>, by?: ForgedKey): Promise<void>
}

/** Call it in a describe block: it registers what is made before and taken away after each test. */
export function policyServers(): PolicyServers {
  const key = forgeKey()
  let contents: [Map<string, Uint8Array>, Map<string, Uint8Array>]
  let place: ForgedChannel
  let started: PolicyHolder[] = []
  let nowMs = NOW_MS

  beforeAll(() => {
    contents = [forgeFiles(inject('compiler'), 'omie', 'one'), forgeFiles(inject('compiler'), 'omie', 'other')]
  })
  beforeEach(() => {
    place = forgeChannel()
    started = []
    nowMs = NOW_MS
  })
  afterEach(async () => {
    await Promise.all(started.map((holder) => holder.stop()))
    place.remove()
  })

  return {
    key,
    files: () => contents[0],
    others: () => contents[1],
    place: () => place,
    now: () => nowMs,
    advance: (ms) => {
      nowMs += ms
    },
    async start(options = {}) {
      const { stateDir } = place
      const channel = folderSource(place.channel)
      // Tests ask for a reload themselves: an hour is longer than any of them.
      const usual = { channel, stateDir, erp: 'omie', trust: trustOf(key), pollMs: 3_600_000, log: forgeLog() }
      const holder = await startPolicy({ ...usual, now: () => nowMs, ...options })
      started.push(holder)
      return holder
    },
    async put(revision, content = contents[0], by = key) {
      place.put(await forgeBundle(content, by, { revision }))
    },
  }
}
