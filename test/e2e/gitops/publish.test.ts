import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { verifyBundle } from '../../../engine/contract/bundle-verify.ts'
import { channelPath } from '../../../engine/contract/channel.ts'
import { parseTrust } from '../../../engine/contract/trust.ts'
import { type House, limitMoved, startHouse } from '../../helpers/gitops/house.ts'
import { needs } from '../../helpers/needs.ts'

const opa = needs('opa')

let house: House
beforeAll(async () => {
  house = await startHouse()
})
afterAll(() => house.stop())

const published = () => {
  const bytes = readFileSync(join(house.channel, channelPath('omie')))
  const trust = parseTrust(readFileSync(house.trustFile, 'utf8'))
  return verifyBundle(bytes, { erp: 'omie', trust, nowMs: Date.now() })
}

test.skipIf(opa.missing !== null)('what was merged is published once, with whom it came by', async () => {
  const first = await house.propose('ana', 'lower', limitMoved(house.runner, 900))
  await first.checked()
  await first.approve('bruno')
  await first.merge('squash')

  const untold = await house.publish()
  expect(untold).toMatchObject({ code: 3, out: '' })
  expect(untold.err).toContain('nothing is published yet: say with `--since COMMIT`')

  const ran = await house.publish('--since', house.began)
  expect(ran.err + ran.out).toContain(`omie: revision 1, by #${first.number} of ana, approved by bruno\n`)
  expect(ran.code).toBe(0)
  const head = await house.runner.git('rev-parse', 'HEAD')
  expect(published()).toMatchObject({
    development: false,
    claims: { revision: 1, commit: head, pull_request: first.number, author: 'ana', approvers: ['bruno'] },
  })
  expect(published().claims.check_run).toBeGreaterThan(0)
  // Again for the same commit: nothing.
  expect(await house.publish()).toMatchObject({ code: 0, out: 'omie: revision 1 says this already\n' })
})
