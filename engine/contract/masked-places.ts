/** JSON Pointers of every text in which a token of the ledger stands for something. */
export function maskedPlaces(value: unknown, at = ''): string[] {
  if (typeof value === 'string') return TOKEN.test(value) ? [at] : []
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    maskedPlaces(inner, `${at}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`),
  )
}

/** As ledger-token.ts makes them. */
const TOKEN = /tok_[a-z]+_[0-9a-f]{32}/
