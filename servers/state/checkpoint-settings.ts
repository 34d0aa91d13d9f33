export interface CheckpointSettings {
  /** Key of use `checkpoint`; null: one of its own in the state folder. */
  keyFile: string | null
  /** Folders, or addresses that take PUT: places that the operator of this server does not hold. */
  anchors: readonly string[]
  /** Holds the bearer token for addresses; null: none is sent. */
  anchorTokenFile: string | null
  everyMs: number
  everyEntries: number
}

/** Without an anchor the end of a chain cannot be proved. */
export const CHECKPOINTS: CheckpointSettings = {
  keyFile: null,
  anchors: [],
  anchorTokenFile: null,
  everyMs: 60_000,
  everyEntries: 1_000,
}
