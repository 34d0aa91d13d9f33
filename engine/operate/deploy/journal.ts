import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { DeployEvent } from '../../contract/deploy-event.ts'
import { writeDurably } from './durable.ts'

/** What a deploy is in the middle of: enough for the next one to clean up after an engine that died. */
export interface Underway {
  erp: string
  image: string
  /** Image of the version before it. */
  before: string
  /** trial: beside the old one, which serves. switching: the old one was asked to end. watching: the new one serves. */
  step: 'trial' | 'switching' | 'watching'
  startedAt: string
}

export interface Journal {
  underway(): Underway | null
  begin(step: Underway): void
  /** Ends what is under way and keeps a line of it in `deploys.jsonl`. */
  end(event: DeployEvent): void
  /** What no server has written into its ledger yet, oldest first. */
  untold(): DeployEvent[]
  /** That the oldest of these is written. */
  told(): void
}

/** The journal of one ERP's deploys, in a folder that outlives the engine. */
export function openJournal(folder: string, erp: string): Journal {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const file = join(folder, `${erp}.underway.json`)
  const owed = join(folder, `${erp}.untold.json`)
  const untold = (): DeployEvent[] => (existsSync(owed) ? JSON.parse(readFileSync(owed, 'utf8')) : [])
  return {
    underway: () => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null),
    begin: (step) => writeDurably(file, `${JSON.stringify(step)}\n`),
    end(event) {
      appendFileSync(join(folder, 'deploys.jsonl'), `${JSON.stringify(event)}\n`, { mode: 0o600, flush: true })
      writeDurably(owed, `${JSON.stringify([...untold(), event])}\n`)
      rmSync(file, { force: true })
    },
    untold,
    told: () => writeDurably(owed, `${JSON.stringify(untold().slice(1))}\n`),
  }
}
