import type { UpstreamFault } from '../../../engine/contract/upstream-tool.ts'

/** What the operator gives to programs that are upstreams, and who hears of upstreams. */
export interface UpstreamPlace {
  /** Each company's process works in a folder of its own below it. */
  folder: string
  /** The folders programs are looked for in, apart as in PATH; null: none is run. */
  path: string | null
  heard(event: UpstreamEvent): void
}

export type UpstreamEvent =
  /** A line of the process's stderr, without secrets. */
  | { type: 'said'; company: string; line: string }
  | { type: 'ended'; company: string }
  /** null: it is again what was reviewed. */
  | { type: 'tool'; company: string; tool: string; fault: UpstreamFault | null }
