import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { modern } from '../../helpers/mcp/post.ts'
import { needs } from '../../helpers/needs.ts'
import { openPair, type Pair, type Through } from './pair.ts'

describe.skipIf(needs('postgres').missing !== null)('the lock-out of two server processes on one PostgreSQL', () => {
  let pair: Pair
  beforeAll(async () => {
    pair = await openPair({ erp: 'nibo', env: { ALCADA_TRUSTED_PROXIES: '127.0.0.0/8' } })
  })
  afterAll(() => pair?.stop())

  const genuine = (sub = 'agent-1'): string => pair.line.alcada.token('viewer', { sub })
  /** A token with the claims of a good one and nobody's signature. */
  function forged(sub = 'agent-1'): string {
    const [head, claims] = genuine(sub).split('.')
    return `${head}.${claims}.${'A'.repeat(86)}`
  }
  async function ask(through: Through, token: string, source: string): Promise<number> {
    const { headers = {}, body } = modern('tools/list', {})
    const shared = { accept: 'application/json, text/event-stream', 'content-type': 'application/json' }
    const answer = await fetch(pair.mcp(through), {
      method: 'POST',
      headers: { ...shared, ...headers, authorization: `Bearer ${token}`, 'x-forwarded-for': source },
      body: String(body),
    })
    await answer.text()
    return answer.status
  }

  test('failures are counted over both, lock both, and still do when a process is killed and started again', async () => {
    const source = '203.0.113.7'
    expect([await ask(0, forged(), source), await ask(1, forged(), source), await ask(0, forged(), source)]).toEqual([
      401, 401, 401,
    ])
    expect([await ask(0, genuine(), source), await ask(1, genuine(), source)]).toEqual([429, 429])
    await pair.kill()
    await pair.restart()
    expect(await ask(1, genuine(), source)).toBe(429)
    expect([await ask(0, genuine(), '198.51.100.4'), await ask(1, genuine('agent-2'), source)]).toEqual([200, 200])
  })

  test('of guesses at both processes at once no more are looked at than failures are allowed', async () => {
    const source = '203.0.113.8'
    const told = await Promise.all([0, 1, 0, 1, 0, 1, 0, 1].map((at) => ask(at === 0 ? 0 : 1, forged(), source)))
    for (const status of told) expect([401, 429]).toContain(status)
    expect([await ask(0, genuine(), source), await ask(1, genuine(), source)]).toEqual([429, 429])
  })
})
