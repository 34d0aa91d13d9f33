import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { LedgerRow } from '../../engine/contract/ledger.ts'
import type { ArchivedSegment } from '../../engine/contract/ledger-archive.ts'
import { faultless, readArchive, writeArchive } from './archive-file.ts'
import type { SegmentRecord } from './segment-rows.ts'
import type { Store } from './store.ts'

/** What the policy and the settings ask of the trail. */
export interface RetentionRules {
  /** Days after which a row leaves the database for an archive. */
  live_days: number
  /** Rows in the database above which the oldest leave earlier. */
  live_rows: number
  /** Days that guards of the policy look back: no row leaves earlier. */
  window_days: number
  /** Days after which an archive is removed. */
  trail_days: number
}

export interface ArchivingOptions {
  store: Store
  /** Archives stand below it. */
  folder: string
  now: () => number
  /** Signs where the chain stands and brings it to the anchors, now. */
  checkpoint: () => Promise<void>
  /** Names of the anchors that must know of a segment before its rows leave the database. */
  anchors: readonly string[]
  /** Receivers of decisions that must have got its rows. */
  receivers: readonly string[]
  /** Rows of one archive. Default 5_000. */
  most?: number
}

/** What a turn has done. */
export interface Archived {
  segments: number
  removed: number
  /** Why it did not go on; null: nothing more is due. */
  waitsFor: string | null
}

const DAY_MS = 86_400_000
const PAGE = 500

/**
 * Moves what is old enough out of the database, in steps that each are durable: plan, file, closing entry, checkpoint, anchors,
 * and only then the rows go. Wherever it is interrupted, the next turn goes on.
 */
export function archiving(options: ArchivingOptions): (rules: RetentionRules) => Promise<Archived> {
  const { store, folder, now, most = 5_000 } = options

  async function rowsOf({ first_seq, last_seq }: ArchivedSegment): Promise<LedgerRow[]> {
    const rows: LedgerRow[] = []
    for (let after = first_seq - 1; after < last_seq; ) {
      const limit = Math.min(PAGE, last_seq - after)
      const page = await store.ask('page', { replica: null, after, limit })
      rows.push(...page)
      const last = page.at(-1)
      if (last === undefined) break
      after = last.seq
    }
    return rows
  }

  /** @returns why the rows have to stay for now; null: they are gone */
  async function finish({ segment, state }: SegmentRecord): Promise<string | null> {
    const { number } = segment
    if (state === 'planned') {
      const written = await writeArchive(folder, segment, await rowsOf(segment))
      await store.ask('closeSegment', { number, ...written, at_ms: now() })
    }
    await options.checkpoint()
    const closed = await store.ask('segmentIs', { number })
    const { checkpoint } = closed
    if (checkpoint === null) return 'a checkpoint'
    for (const name of options.anchors) {
      if ((await store.ask('deliveredUpTo', { target: name })) < checkpoint) return `the anchor ${name}`
    }
    for (const name of options.receivers) {
      if ((await store.ask('deliveredUpTo', { target: name })) < segment.last_seq) return `the receiver of ${name}`
    }
    await whole(folder, closed.segment)
    await store.ask('pruneSegment', { number })
    return null
  }

  async function remove(trail_days: number): Promise<number> {
    const until_ms = now() - trail_days * DAY_MS
    const going = await store.ask('removeArchives', { until_ms, days: trail_days, at_ms: now() })
    for (const { file } of going) await rm(join(folder, file), { force: true })
    const through = going.at(-1)?.number
    if (through !== undefined) await store.ask('archivesRemoved', { through })
    return going.length
  }

  return async ({ live_days, live_rows, window_days, trail_days }) => {
    let segments = 0
    let waitsFor: string | null = null
    const rules = {
      before_ms: now() - live_days * DAY_MS,
      window_ms: now() - window_days * DAY_MS,
      ...{ live_rows, most },
    }
    while (waitsFor === null) {
      const next = await store.ask('planSegment', rules)
      if (next === null) break
      waitsFor = await finish(next)
      if (waitsFor === null) segments += 1
    }
    return { segments, removed: await remove(trail_days), waitsFor }
  }
}

/** Read back from the disk before the rows leave the database. */
async function whole(folder: string, segment: ArchivedSegment): Promise<void> {
  const read = await readArchive(folder, segment)
  if (read.kind === 'missing') throw new Error(`the archive \`${segment.file}\` is not where it was written`)
  if (read.kind === 'wrong') throw new Error(`the archive \`${segment.file}\` ${read.reason}`)
  faultless(segment, read.rows)
}
