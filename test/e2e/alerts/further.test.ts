import { readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Receivers, startReceivers } from '../../helpers/receivers.ts'
import { ask, deskOf, pay } from '../approvals/desk.ts'
import { type Alerting, startAlerting, until } from './alerting.ts'

// What the governance document does not list: a refused bundle, a policy near its end, an approved call nobody makes.

const WAITS = { approval_not_executed: '{ threshold: "1s", severity: warning, for: "0s" }' }

let receivers: Receivers
let line: Alerting
beforeAll(async () => {
  receivers = await startReceivers()
  line = await startAlerting(receivers, WAITS, { free: false })
})
afterAll(async () => {
  await line?.stop()
  await receivers?.close()
})

const heard = (words: string): boolean => receivers.posts.some((post) => post.includes(words))

test('a bundle that is refused is told, and that a good one came after it', { timeout: 180_000 }, async () => {
  const good = readFileSync(line.alcada.bundleFile)
  const next = line.alcada.nextPolicy()
  writeFileSync(line.alcada.bundleFile, good.subarray(0, 500))
  expect((await next).error).not.toBeNull()
  await until(() => heard('Alerta: política recusada (Omie)'))
  writeFileSync(line.alcada.bundleFile, good)
  await until(() => heard('Resolvido: política recusada'))
})

test('a policy that ends soon is told, and that a newer one came', { timeout: 180_000 }, async () => {
  await line.alerts({ ...WAITS, policy_expiry: '{ threshold: "300d", severity: warning }' })
  await until(() => heard('Alerta: política perto do fim'))
  expect(receivers.posts.find((post) => post.includes('perto do fim'))).toMatch(/: \d+ d \(limit 300 d\)/)
  await line.alerts(WAITS)
  await until(() => heard('Resolvido: política perto do fim'))
})

test('an approved call that nobody makes is told, and that it was made', { timeout: 180_000 }, async () => {
  const id = await ask(line)
  expect((await deskOf(line, 'u90').post(`/approvals/${id}/approve`)).status).toBe(200)
  await until(() => heard('Alerta: aprovada e não executada'))
  expect((await pay(line)).result).not.toBeNull()
  await until(() => heard('Resolvido: aprovada e não executada'))
})
