import { readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Receivers, startReceivers } from '../../helpers/receivers.ts'
import { ask, deskOf, pay } from '../approvals/desk.ts'
import { type Alerting, leadsToRunbook, startAlerting, until } from './alerting.ts'

// What the governance document does not list: a refused bundle, a policy near its end, an approved call nobody makes, and a
// policy that cannot tell its alerts. Each by its cause, and each leads to its line of the runbook.

const WAITS = { approval_not_executed: '{ threshold: "1s", severity: warning, for: "0s" }' }

/** An alert without a severity is none. */
const BROKEN = `package omie

# METADATA
# description: Alerts that nobody can read.
alerts := [{"code": "of_my_own"}]
`

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

const found = (words: string): string | undefined => receivers.posts.find((post) => post.includes(words))
const heard = (words: string): boolean => found(words) !== undefined

test('a bundle that is refused is told, and that a good one came after it', { timeout: 180_000 }, async () => {
  const good = readFileSync(line.alcada.bundleFile)
  const next = line.alcada.nextPolicy()
  writeFileSync(line.alcada.bundleFile, good.subarray(0, 500))
  expect((await next).error).not.toBeNull()
  await until(() => heard('Alerta: política recusada (Omie)'))
  leadsToRunbook(found('Alerta: política recusada'), 'policy_rejected')
  writeFileSync(line.alcada.bundleFile, good)
  await until(() => heard('Resolvido: política recusada'))
})

test('a policy that ends soon is told, and that a newer one came', { timeout: 180_000 }, async () => {
  await line.alerts({ ...WAITS, policy_expiry: '{ threshold: "300d", severity: warning }' })
  await until(() => heard('Alerta: política perto do fim'))
  leadsToRunbook(found('Alerta: política perto do fim'), 'policy_expiry')
  expect(receivers.posts.find((post) => post.includes('perto do fim'))).toMatch(/: \d+ d \(limit 300 d\)/)
  await line.alerts(WAITS)
  await until(() => heard('Resolvido: política perto do fim'))
})

test('an approved call that nobody makes is told, and that it was made', { timeout: 180_000 }, async () => {
  const id = await ask(line)
  expect((await deskOf(line, 'u90').post(`/approvals/${id}/approve`)).status).toBe(200)
  await until(() => heard('Alerta: aprovada e não executada'))
  leadsToRunbook(found('Alerta: aprovada e não executada'), 'approval_not_executed')
  expect((await pay(line)).result).not.toBeNull()
  await until(() => heard('Resolvido: aprovada e não executada'))
})

test('a policy that cannot tell its alerts is told, and that one came that can', { timeout: 180_000 }, async () => {
  const rego = 'policies/omie/alerts.rego'
  const good = line.alcada.project.read(rego)
  line.alcada.project.write(rego, BROKEN)
  await line.alcada.publish()
  await until(() => heard('ALERTA CRÍTICO: alertas sem avaliação (Omie)'))
  leadsToRunbook(found('ALERTA CRÍTICO: alertas sem avaliação'), 'alerts_failed')
  expect(receivers.mails.some(({ body }) => body.includes('alertas sem avaliação'))).toBe(true)
  // What the runbook says to do first: the policy before it.
  line.alcada.project.write(rego, good)
  await line.alcada.publish()
  await until(() => heard('Resolvido: alertas sem avaliação'))
})
