import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Line, openLine } from '../../helpers/line/line.ts'
import { ask, deskOf } from './desk.ts'

let line: Line
let id: string
let cookie: string
beforeAll(async () => {
  line = await openLine({ erp: 'omie' })
  id = await ask(line)
  cookie = await signedIn('u90')
})
afterAll(() => line.stop())

function post(path: string, form: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(new URL(path, line.alcada.ops), {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: line.alcada.ops, ...headers },
    body: new URLSearchParams(form),
  })
}

async function signedIn(person: string): Promise<string> {
  const { body } = await deskOf(line, person).post('/approvals/login')
  const url = new URL(String(Reflect.get(Object(body), 'url')))
  const answer = await post('/console/login', { code: url.searchParams.get('code') ?? '' })
  return answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''
}

/** The form's own token, as it stands on the page of that session. */
async function formToken(session: string): Promise<string> {
  const page = await fetch(new URL(`/console/requests/${id}`, line.alcada.ops), { headers: { cookie: session } })
  const form = /action="\/console\/decide">[\s\S]*?name="token" value="([^"]+)"/.exec(await page.text())
  return form?.[1] ?? ''
}

async function state(): Promise<unknown> {
  const { body } = await deskOf(line, 'u91').get(`/approvals/${id}`)
  return body
}

const APPROVE = { verdict: 'approve' }

test('a form of another site is refused, even with the session and the right token', async () => {
  const token = await formToken(cookie)
  const answer = await post('/console/decide', { ...APPROVE, id, token }, { cookie, origin: 'https://evil.example' })
  expect(answer.status).toBe(403)
  expect((await post('/console/decide', { ...APPROVE, id, token }, { cookie, origin: 'null' })).status).toBe(403)
  expect(await state()).toMatchObject({ approval: { state: 'pending' } })
})

test('a form without its token, with that of other requests, or of another session is refused', async () => {
  const others = await formToken(await signedIn('u91'))
  const empty = /name="token" value="([^"]+)"/.exec(
    await (await fetch(new URL('/console/requests', line.alcada.ops), { headers: { cookie } })).text(),
  )
  for (const token of ['', others, empty?.[1] ?? '']) {
    expect((await post('/console/decide', { ...APPROVE, id, token }, { cookie })).status).toBe(403)
  }
  expect(await state()).toMatchObject({ approval: { state: 'pending' } })
})

test('nothing is shown or decided without a session, nor with one that was made up', async () => {
  for (const session of ['', 'alcada=made-up', 'alcada=']) {
    const page = await fetch(new URL(`/console/requests/${id}`, line.alcada.ops), { headers: { cookie: session } })
    expect(page.status).toBe(401)
    expect(await page.text()).not.toContain('1.000,01')
    expect((await post('/console/decide', { ...APPROVE, id, token: 'x' }, { cookie: session })).status).toBe(401)
  }
})

test('a link that is only looked at is not used up, and a login code is no session', async () => {
  const { body } = await deskOf(line, 'u90').post('/approvals/login')
  const url = String(Reflect.get(Object(body), 'url'))
  const code = new URL(url).searchParams.get('code') ?? ''
  expect((await fetch(url)).status).toBe(200)
  expect((await fetch(new URL('/console/requests', url), { headers: { cookie: `alcada=${code}` } })).status).toBe(401)
  expect((await post('/console/login', { code })).status).toBe(303)
  expect((await post('/console/login', { code })).status).toBe(403)
})

test('the cookie is for this host and this site alone, and pages are never kept', async () => {
  const { body } = await deskOf(line, 'u90').post('/approvals/login')
  const code = new URL(String(Reflect.get(Object(body), 'url'))).searchParams.get('code') ?? ''
  const answer = await post('/console/login', { code })
  expect(answer.headers.get('set-cookie')).toMatch(/^alcada=[^;]+; Path=\/; HttpOnly; SameSite=Strict; Max-Age=1800$/)
  const page = await fetch(new URL('/console/requests', line.alcada.ops), { headers: { cookie } })
  expect(page.headers.get('cache-control')).toBe('no-store')
  expect(page.headers.get('content-security-policy')).toMatch(
    /^default-src 'none'; style-src 'nonce-[\w-]{22}'; script-src 'nonce-[\w-]{22}'; connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
  )
})

test('a form that is right decides', async () => {
  const token = await formToken(cookie)
  expect((await post('/console/decide', { ...APPROVE, id, token }, { cookie })).status).toBe(200)
  expect(await state()).toMatchObject({ approval: { state: 'approved' } })
})
