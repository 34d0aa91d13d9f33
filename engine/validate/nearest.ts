/** The known name closest to what was written, when it is close enough to be meant: at most a third of it wrong. */
export function nearest(written: string, known: Iterable<string>): string | null {
  let best: string | null = null
  let bestDistance = Math.max(1, Math.floor(written.length / 3)) + 1
  for (const name of known) {
    const distance = editDistance(written.toLowerCase(), name.toLowerCase())
    if (distance < bestDistance) [best, bestDistance] = [name, distance]
  }
  return best ?? longerForm(written, known)
}

/** The one known name that begins like this: `oper` for `operator`. */
function longerForm(written: string, known: Iterable<string>): string | null {
  if (written.length < 3) return null
  const longer = [...known].filter((name) => name.toLowerCase().startsWith(written.toLowerCase()))
  return longer.length === 1 ? (longer[0] ?? null) : null
}

/** `did you mean …?`, or what there is to choose from. */
export function suggest(written: string, known: Iterable<string>, what: string): string {
  const names = [...known]
  const near = nearest(written, names)
  if (near !== null) return `did you mean \`${near}\`?`
  if (names.length === 0) return `there is no ${what} to choose`
  const shown = names.slice(0, 12).map((name) => `\`${name}\``)
  return `known ${what}s: ${shown.join(', ')}${names.length > shown.length ? ', …' : ''}`
}

/** Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment). */
function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)]
  const at = (row: number, column: number): number => rows[row]?.[column] ?? 0
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const cost = a[row - 1] === b[column - 1] ? 0 : 1
      let value = Math.min(at(row - 1, column) + 1, (current[column - 1] ?? 0) + 1, at(row - 1, column - 1) + cost)
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      if (swapped) value = Math.min(value, at(row - 2, column - 2) + 1)
      current.push(value)
    }
    rows.push(current)
  }
  return at(a.length, b.length)
}
