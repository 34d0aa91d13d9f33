import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Line, openLine } from '../../helpers/line/line.ts'
import { ask, deskOf, pay } from './desk.ts'

const PROGRAM = fileURLToPath(new URL('../../../engine/alcada.mjs', import.meta.url))
const DAY_MS = 86_400_000

/** The date in São Paulo so many days from today. */
function day(offset: number): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: 'America/Sao_Paulo' }).format(Date.now() + offset * DAY_MS)
}

const PLACES = [
  { person: 'eva', from: day(-1), until: day(1) },
  { person: 'past', from: day(-9), until: day(-1) },
  { person: 'future', from: day(1), until: day(9) },
  { person: 'u17', from: day(-1), until: day(1) },
  { person: 'ana', from: day(-1), until: day(1) },
]

const RBAC = 'policies/omie/rbac.yaml'
const substitutes = (places: typeof PLACES): string =>
  `  substitutes:\n${places.map(({ person, from, until }) => `    - { person: ${person}, role: approver, from: ${from}, until: ${until} }\n`).join('')}`

/** R$ 50.000,01: two persons have to agree. */
const TWO = { payable_id: '2701007', amount: 50_000.01, reference: 'PG-TWO' }

let line: Line
let id: string
beforeAll(async () => {
  line = await openLine({
    erp: 'omie',
    standIn: { limitFactor: 50 },
    edits: [[RBAC, '  alcada:\n', `${substitutes(PLACES)}  alcada:\n`]],
  })
  id = await ask(line, { reference: 'PG-STAND-IN' })
})
afterAll(() => line.stop())

test.each(['past', 'future'])(
  'who stands in a day earlier or later (%s) sees nothing and decides nothing',
  async (person) => {
    const desk = deskOf(line, person, 'viewer')
    expect((await desk.get('/approvals')).body).toEqual({ approvals: [] })
    expect((await desk.post(`/approvals/${id}/approve`)).status).toBe(404)
  },
)

test('the person the agent acts for does not, though they stand in for an approver', async () => {
  expect(await deskOf(line, 'u17', 'viewer').post(`/approvals/${id}/approve`)).toMatchObject({
    status: 403,
    body: { error: { code: 'approval_own' } },
  })
})

test('an approver who stands in for another is one person, not two', async () => {
  const two = await ask(line, TWO)
  const desk = deskOf(line, 'ana')
  expect(await desk.post(`/approvals/${two}/approve`)).toMatchObject({ body: { approval: { state: 'pending' } } })
  expect(await desk.post(`/approvals/${two}/approve`)).toMatchObject({
    status: 409,
    body: { error: { code: 'approval_twice' } },
  })
  await deskOf(line, 'eva', 'viewer').post(`/approvals/${two}/approve`)
  expect((await pay(line, TWO)).result).not.toBe(null)
})

test('within their dates a substitute approves, and the agent’s repeat is done', async () => {
  const eva = deskOf(line, 'eva', 'viewer')
  expect((await eva.get('/approvals')).body).toMatchObject({
    approvals: expect.arrayContaining([expect.objectContaining({ id, refusal: null })]),
  })
  expect(await eva.post(`/approvals/${id}/approve`)).toMatchObject({ body: { approval: { id, state: 'approved' } } })
  expect((await pay(line, { reference: 'PG-STAND-IN' })).result).not.toBe(null)
})

test('they do so by the command line too', async () => {
  const other = { payable_id: '2701017', amount: 7320.18, reference: 'PG-CLI' }
  const asked = await ask(line, other)
  const place = mkdtempSync(join(tmpdir(), 'alcada-substitutes-'))
  const said = (person: string): Promise<string> => {
    const tokenFile = join(place, person)
    const token = line.alcada.token('viewer', { sub: person, kind: 'human', purpose: 'approvals' })
    writeFileSync(tokenFile, token, { mode: 0o600 })
    const args = ['approvals', 'approve', asked, '--token-file', tokenFile, '--ops', line.alcada.ops]
    return new Promise((resolve) => {
      execFile(process.execPath, [PROGRAM, ...args], { cwd: place }, (_, out, error) => resolve(`${out}${error}`))
    })
  }
  expect(await said('past')).toContain('approval_unknown')
  expect(await said('u17')).toContain('approval_own')
  expect(await said('eva')).toContain(`${asked}  approved`)
  rmSync(place, { recursive: true, force: true })
})

test('and in the console, where what waits for them is chosen like any approver’s', async () => {
  const other = { payable_id: '2701019', amount: 4875.6, reference: 'PG-PAGE' }
  const asked = await ask(line, other)
  const page = async (person: string): Promise<string> => {
    const { body } = await deskOf(line, person, 'viewer').post('/approvals/login')
    const code = new URL(String(Reflect.get(Object(body), 'url'))).searchParams.get('code') ?? ''
    const form = { method: 'POST', body: new URLSearchParams({ code }), headers: { origin: line.alcada.ops } }
    const answer = await fetch(`${line.alcada.ops}/console/login`, { ...form, redirect: 'manual' })
    const cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    return (await fetch(`${line.alcada.ops}/console/requests`, { headers: { cookie } })).text()
  }
  const box = `type="checkbox" name="id" value="${asked}"`
  expect(await page('eva')).toContain(box)
  expect(await page('past')).not.toContain(asked)
  expect(await page('u17')).not.toContain(box)
})

test('a substitute who is taken out of the policy before the call is made counts no more', async () => {
  const other = { payable_id: '2701019', amount: 4875.6, reference: 'PG-OUT' }
  const taken = await ask(line, other)
  await deskOf(line, 'eva', 'viewer').post(`/approvals/${taken}/approve`)
  line.alcada.project.replace(RBAC, substitutes(PLACES), substitutes(PLACES.slice(1)))
  await line.alcada.publish()
  const before = line.received('LancarPagamento')
  expect((await pay(line, other)).refusal?.alcada.approval?.id).toBe(taken)
  expect(line.received('LancarPagamento')).toBe(before)
  await deskOf(line, 'u90').post(`/approvals/${taken}/approve`)
  expect((await pay(line, other)).result).not.toBe(null)
})
