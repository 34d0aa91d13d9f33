import type { Catalogue } from '../../contract/catalogue.ts'
import type { Bench } from './bench.ts'
import type { Calls, Came } from './calls.ts'
import type { Fresh } from './fresh.ts'
import { during, type Line } from './line.ts'
import { expect, NotTried } from './verdict.ts'

export interface AuthenticationPlace {
  bench: Bench
  catalogue: Catalogue
  fresh: Fresh
  line: Line | null
  /** Calls with no token, with one that nobody signed, and with one for another ERP. */
  strangers: { who: string; calls: Calls }[]
  /** Calls for a company whose credential is spoilt; null where none may be tried. */
  spoilt: Calls | null
  /** Why it may not. */
  spoiltWhy: string
  /** Calls for a company that has no credential. */
  without: Calls | null
}

/** Who is let in by the server, and that the ERP takes the right credential and no other. */
export async function testAuthentication(place: AuthenticationPlace): Promise<void> {
  const { bench, catalogue, fresh, line, strangers } = place
  const { credentials, connection } = catalogue.erp
  const [tool = Object.keys(catalogue.tools)[0] ?? ''] = fresh.tools
  for (const { who, calls: stranger } of strangers) {
    await bench.test('authentication', `the server refuses ${who}`, [], async () => {
      const { came, requests } = await watched(line, () => stranger.call(tool, {}))
      expect(came.kind === 'refused', 'it was let in')
      expect(came.code === 'http_401', `it was told as \`${came.code}\``)
      expect(requests === 0, 'the call reached the ERP')
    })
  }
  await bench.test('authentication', 'the ERP takes the credential', fresh.tools.slice(0, 1), async () => {
    const { came } = await fresh.next()
    expect(came.kind === 'done' || came.code === 'erp_empty', codeOf(came))
  })
  const declared = [...credentials.secret, ...(credentials.granted ?? [])].length > 0
  const wrong = 'the ERP refuses a wrong credential, and that is told as such'
  if (!declared) bench.skip('authentication', wrong, [], 'the ERP asks for no credential')
  else if (place.spoilt === null) bench.skip('authentication', wrong, [], place.spoiltWhy)
  else {
    const { spoilt } = place
    await bench.test('authentication', wrong, fresh.tools.slice(0, 1), async () => {
      const { came } = await fresh.next(spoilt)
      expect(came.kind === 'refused', 'a wrong credential was taken')
      expect(came.code === 'erp_auth', codeOf(came))
    })
  }
  if (place.without !== null && declared) {
    const { without } = place
    await bench.test('authentication', 'a company without a credential is not called for', [], async () => {
      const { came, requests } = await watched(line, () => without.call(tool, {}))
      expect(came.kind === 'refused', 'it was called for')
      expect(requests === 0, 'the call reached the ERP')
    })
  }
  const renews = connection.auth.find((item) => item.in === 'session' || item.in === 'oauth2')
  if (renews === undefined) return
  const status = renews.in === 'session' ? (renews.renewOn[0] ?? 401) : 401
  await bench.test('authentication', 'a session that has ended is opened again', fresh.tools.slice(0, 1), async () => {
    if (line === null) throw new NotTried('nothing stands between the server and the ERP')
    line.failNext({ status })
    const { came } = await fresh.next()
    expect(came.kind === 'done', codeOf(came))
  })
}

async function watched(line: Line | null, act: () => Promise<Came>): Promise<{ came: Came; requests: number }> {
  if (line === null) return { came: await act(), requests: 0 }
  const { came, requests } = await during(line, act)
  return { came, requests: requests.length }
}

function codeOf(came: Came): string {
  return came.kind === 'done'
    ? 'it was done'
    : `it was told as \`${came.code}\`${came.message === '' ? '' : `: ${came.message}`}`
}
