// How long requests waited in a deploy: every hold counts, the one of a rollback too.
import { expect, test } from 'vitest'
import { heldFront } from '../../../../engine/operate/deploy/held.ts'

test('holds add up; one that follows before a release goes on with the first', async () => {
  let now = 1_000
  const front = heldFront({ hold: async () => undefined, release: async () => undefined }, () => now)
  expect(front.ms()).toBe(0)
  await front.hold()
  now += 300
  expect(front.ms()).toBe(300)
  await front.release()
  now += 5_000
  await front.hold()
  now += 200
  await front.hold()
  now += 100
  await front.release()
  expect(front.ms()).toBe(600)
})
