/** One line of the report. A figure stands beside a peer's of the same run, never beside a limit. */
export interface Figure {
  what: string
  ours: string
  /** Null where there is nothing to compare with. */
  peer: string | null
  /** Ours in relation to the peer's, in words: `1.9 times as fast`. */
  ratio: string | null
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
}

/** `0.52 times`: how much of the peer's figure ours is. */
export function times(ours: number, peer: number): string {
  return `${(ours / peer).toFixed(2)} times`
}

/** The report, as columns. */
export function table(figures: readonly Figure[]): string {
  const head = ['what', 'alcada', 'peer', 'alcada / peer']
  const lines = [head, ...figures.map(({ what, ours, peer, ratio }) => [what, ours, peer ?? '-', ratio ?? '-'])]
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  return lines.map((line) => `${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}\n`).join('')
}
