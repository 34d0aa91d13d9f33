import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { publishStop, stopsInForce } from '../../helpers/alcada/revoke.ts'
import { needs } from '../../helpers/needs.ts'
import { openPair, type Pair } from '../replicas/pair.ts'

describe.skipIf(needs('postgres').missing !== null)('stops on two processes of one database', () => {
  let pair: Pair
  beforeAll(async () => {
    pair = await openPair({ erp: 'omie' })
  })
  afterAll(() => pair.stop())

  test('a stop holds at both replicas, also at one that starts when the channel has lost it', async () => {
    await publishStop(pair.line.alcada, { callers: ['agent-1'] })
    for (const through of [0, 1] as const) {
      await stopsInForce({ ops: pair.ops(through) }, 1)
      const { refusal } = await pair.call(through, 'operator', 'get_vendors_list', {})
      expect(refusal?.error.code).toBe('revoked')
    }
    rmSync(join(pair.line.alcada.env['ALCADA_CHANNEL'] ?? '', 'omie', 'overlays.json'))
    await pair.kill()
    await pair.restart()
    expect((await pair.call(1, 'operator', 'get_vendors_list', {})).refusal?.error.code).toBe('revoked')
    expect((await pair.call(1, 'operator', 'get_vendors_list', {}, { sub: 'agent-2' })).result).not.toBeNull()
    // Both were told by the channel, and the ledger has it once.
    const taken = pair.line.alcada
      .log()
      .split('\n')
      .filter((text) => text.includes('overlay.taken'))
    const other = pair
      .log()
      .split('\n')
      .filter((text) => text.includes('overlay.taken'))
    expect(taken.length + other.length).toBe(1)
  })
})
