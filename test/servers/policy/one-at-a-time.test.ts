import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { oneAtATime } from '../../../servers/policy/one-at-a-time.ts'

test('however many ask, two runs never overlap, and everybody’s run began after they asked', async () => {
  let running = 0
  let most = 0
  let begun = 0
  const ask = oneAtATime(async () => {
    begun++
    most = Math.max(most, ++running)
    await setTimeout(3)
    running--
  })
  const callers = Array.from({ length: 50 }, async (_, index) => {
    await setTimeout(index % 7)
    const before = begun
    await ask()
    expect(begun).toBeGreaterThan(before)
    // Asking again at the very moment a run ends must not start one beside the run that follows.
    await ask()
  })
  await Promise.all(callers)
  expect(most).toBe(1)
  expect(begun).toBeLessThan(50)
})

test('a run that fails tells who asked for it, and the next one goes on', async () => {
  let times = 0
  const ask = oneAtATime(async () => {
    if (++times === 1) throw new Error('first')
  })
  await expect(ask()).rejects.toThrow('first')
  await expect(ask()).resolves.toBeUndefined()
})

test('idle waits for the run under way and the one that follows it', async () => {
  let ended = 0
  const ask = oneAtATime(async () => {
    await setTimeout(5)
    ended++
  })
  void ask()
  void ask()
  await ask.idle()
  expect(ended).toBe(2)
})
