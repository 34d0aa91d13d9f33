/** A way in which something could be enforced that nobody else agreed to. */
export interface Hole {
  /** Stable, upper snake case. */
  code: string
  message: string
  /** What closes it. */
  help: string
}
