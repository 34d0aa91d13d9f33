/** Limits that were met since the server started, as it counts them itself; null where it is not asked or does not say. */
export async function limitHits(ops: string | null): Promise<number | null> {
  if (ops === null) return null
  try {
    const answer = await fetch(new URL('/metrics', ops))
    const lines = (await answer.text()).split('\n').filter((line) => line.startsWith('alcada_rate_limit_hits_total{'))
    return lines.length === 0 ? null : lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0)
  } catch {
    // Ended with us, such as by Ctrl-C.
    return null
  }
}
