/**
 * The texts among a token's claims before anything is checked: to find the issuer's keys, and to count failures by who
 * was claimed. Nothing of it is believed. Null for what is no JWT.
 */
export function unverifiedClaims(token: string): Readonly<Record<string, string>> | null {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
    if (typeof claims !== 'object' || claims === null) return null
    const act: unknown = Reflect.get(claims, 'act')
    const actor = typeof act === 'object' && act !== null ? { actor: Reflect.get(act, 'sub') } : {}
    const { iss, sub, client_id, azp } = Object.fromEntries(Object.entries(claims))
    return texts({ iss, sub, client_id, azp, ...actor })
  } catch {
    return null
  }
}

function texts(claims: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(claims).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  )
}
