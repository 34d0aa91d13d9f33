import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openBrowser, openPage, picture, type TestPage } from '../../helpers/browser/browser.ts'
import {
  CLIENT_SECRET,
  type LoginProvider,
  PUBLIC_CLIENT,
  SECRET_CLIENT,
  startLoginProvider,
} from '../../helpers/identity/login-provider.ts'
import { type Line, openLine } from '../../helpers/line/line.ts'
import { connect2026 } from '../../helpers/mcp/clients.ts'
import { needs } from '../../helpers/needs.ts'
import { startTls, type TlsTerminator } from '../../helpers/tls.ts'
import { ask, deskWith, pay } from './desk.ts'

const AURORA = '12345678000195'
const PEOPLE = {
  ana: { groups: ['finance-approvers', 'everybody'], companies: [AURORA] },
  rui: { groups: ['erp-operators'], companies: [AURORA] },
  eva: { groups: ['everybody'], companies: [AURORA] },
  u17: { groups: ['finance-approvers'], companies: [AURORA] },
}

describe.skipIf(needs('chromium', 'openssl').missing !== null)('sign-in with an OpenID provider, over https', () => {
  let browser: Browser
  let tls: TlsTerminator
  let provider: LoginProvider
  let line: Line
  let opened: TestPage[] = []
  beforeAll(async () => {
    browser = await openBrowser()
    tls = await startTls()
    provider = await startLoginProvider({ redirectUri: `${tls.origin}/console/login/callback`, people: PEOPLE })
    line = await lineWith(`{ client_id: ${PUBLIC_CLIENT}, name: Contas Aurora }`)
  })
  afterEach(async () => {
    for (const one of opened) await one.close()
    opened = []
  })
  afterAll(async () => {
    await line?.stop()
    await provider?.stop()
    await tls?.stop()
    await browser?.close()
  })

  async function lineWith(login: string): Promise<Line> {
    const identity = `  identity:
    issuers:
      - issuer: "${provider.issuer}"
        discovery: "${provider.discovery}"
        algorithms: [ES256]
        claims: { roles: /groups }
        role_names: { finance-approvers: approver, erp-operators: operator }
        login: ${login}
`
    const made = await openLine({
      erp: 'omie',
      edits: [['policies/omie/security.yaml', '  forbidden_effects:', `${identity}  forbidden_effects:`]],
      env: { ALCADA_CONSOLE_URL: tls.origin },
      secrets: { CONSOLE_CLIENT: CLIENT_SECRET },
    })
    tls.toward(made.alcada.ops)
    return made
  }

  async function newPage(): Promise<Page> {
    const one = await openPage(browser, { ignoreHTTPSErrors: true })
    opened = [...opened, one]
    return one.page
  }

  /** Up to the provider's own page. */
  async function toProvider(page: Page, path = '/console'): Promise<void> {
    await page.goto(`${tls.origin}${path}`)
    await page.getByRole('link', { name: 'Entrar com Contas Aurora' }).click()
    await page.getByRole('button', { name: 'Sign in at the provider' }).waitFor()
  }

  async function signIn(page: Page, account: string, path?: string): Promise<void> {
    await toProvider(page, path)
    await page.getByLabel('Account').fill(account)
    await page.getByRole('button', { name: 'Sign in at the provider' }).click()
  }

  const requests = (page: Page): Promise<void> =>
    page.getByRole('heading', { name: 'Pedidos de aprovação', level: 1 }).waitFor()

  function signedIn(): unknown[] {
    return line.alcada
      .ledger()
      .flatMap(({ event }) => (event.kind === 'recorded' && event.what === 'approver_signed_in' ? [event.caller] : []))
  }

  test('an approver signs in at the provider, lands on the request they came for, and decides it', async () => {
    const id = await ask(line, { reference: 'PG-OIDC' })
    const page = await newPage()
    await picture(page, 'login')
    await signIn(page, 'ana', `/console/requests/${id}`)
    // The session is a Strict cookie and the way here began at another site: the page of ours in between makes it come along.
    await page.getByRole('button', { name: 'Aprovar' }).click()
    expect(await page.getByRole('status').innerText()).toContain('aprovado por você')
    expect(signedIn().at(-1)).toMatchObject({ id: 'ana', person: 'ana', kind: 'human', roles: ['approver'] })
    expect((await pay(line, { reference: 'PG-OIDC' })).result).not.toBe(null)
    expect(opened[0]?.troubles()).toEqual([])
  })

  test('the session is a __Host- cookie: Secure, HttpOnly, SameSite=Strict, of half an hour', async () => {
    const page = await newPage()
    await signIn(page, 'ana')
    await requests(page)
    const cookies = await page.context().cookies(tls.origin)
    const session = cookies.find(({ name }) => name === '__Host-alcada')
    expect(session).toMatchObject({ secure: true, httpOnly: true, sameSite: 'Strict', path: '/', domain: 'localhost' })
    const leftS = (session?.expires ?? 0) - Date.now() / 1_000
    expect(leftS).toBeGreaterThan(1_500)
    expect(leftS).toBeLessThanOrEqual(1_800)
    expect(cookies.some(({ name }) => name === '__Host-alcada-login')).toBe(false)
  })

  test('a session is gone after signing out, also where its cookie was copied to', async () => {
    const page = await newPage()
    await signIn(page, 'ana')
    await requests(page)
    const copied = await page.context().cookies(tls.origin)
    await page.getByRole('button', { name: 'Sair' }).click()
    await page.getByRole('link', { name: 'Entrar com Contas Aurora' }).waitFor()
    const thief = await newPage()
    await thief.context().addCookies(copied.map(({ name, value }) => ({ name, value, url: tls.origin })))
    const answer = await thief.goto(`${tls.origin}/console/requests`)
    expect(answer?.status()).toBe(401)
  })

  test.each([
    ['whose role approves nothing', 'rui'],
    ['without any role', 'eva'],
  ])('an account %s is told so, and is not signed in', async (_, account) => {
    const page = await newPage()
    const before = signedIn().length
    await signIn(page, account)
    expect(await page.getByRole('alert').innerText()).toBe(
      'Sua conta é conhecida, mas não tem papel que aprove aqui. É preciso um destes: admin, approver. Peça-o a quem cuida das contas.',
    )
    expect((await page.context().cookies(tls.origin)).map(({ name }) => name)).not.toContain('__Host-alcada')
    expect(signedIn()).toHaveLength(before)
  })

  test('the person an agent acts for is the same person here, and approves nothing of it', async () => {
    const id = await ask(line, { payable_id: '2701019', amount: 4875.6, reference: 'PG-OWN' })
    const page = await newPage()
    await signIn(page, 'u17', `/console/requests/${id}`)
    await page.getByText('ninguém aprova o próprio pedido').waitFor()
    expect(await page.getByRole('button', { name: 'Aprovar' }).count()).toBe(0)
  })

  test('what a provider answers is taken once: the same address again signs nobody in', async () => {
    const page = await newPage()
    let back = ''
    page.on('request', (request) => {
      if (request.url().includes('/console/login/callback')) back = request.url()
    })
    await toProvider(page)
    const flow = await page.context().cookies(tls.origin)
    await page.getByLabel('Account').fill('ana')
    await page.getByRole('button', { name: 'Sign in at the provider' }).click()
    await requests(page)
    const exchanges = provider.exchanges()
    const again = await newPage()
    await again.context().addCookies(flow.map(({ name, value }) => ({ name, value, url: tls.origin })))
    const answer = await again.goto(back)
    expect(answer?.status()).toBe(403)
    expect(await again.getByRole('alert').innerText()).toContain('A entrada não foi concluída')
    expect(provider.exchanges()).toBe(exchanges)
  })

  test('an answer made for somebody else’s browser signs nobody in', async () => {
    const way = `${line.alcada.ops}/console/login/provider?issuer=${encodeURIComponent(provider.issuer)}`
    const start = (await fetch(way, { redirect: 'manual' })).headers.get('location') ?? ''
    const made = await provider.answerFor(start, 'ana')
    expect(made.searchParams.get('code')).toMatch(/^[\w-]{43}$/)
    // Without a sign-in of their own, and in the middle of one.
    const victim = await newPage()
    expect((await victim.goto(made.href))?.status()).toBe(403)
    await toProvider(victim)
    expect((await victim.goto(made.href))?.status()).toBe(403)
    expect((await victim.context().cookies(tls.origin)).map(({ name }) => name)).not.toContain('__Host-alcada')
  })

  test('a refusal at the provider is told in our words alone', async () => {
    const page = await newPage()
    await toProvider(page)
    await page.getByRole('button', { name: 'Refuse' }).click()
    await page.getByRole('alert').waitFor()
    expect(await page.locator('main').innerText()).not.toContain('refused')
    expect(opened[0]?.troubles()).toEqual([])
  })

  test('the way to the provider carries PKCE S256, a state, a nonce and the exact redirect address', async () => {
    const asked = await fetch(
      `${line.alcada.ops}/console/login/provider?issuer=${encodeURIComponent(provider.issuer)}`,
      {
        redirect: 'manual',
      },
    )
    const url = new URL(asked.headers.get('location') ?? '')
    expect(`${url.origin}${url.pathname}`).toBe(`${provider.issuer}/auth`)
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: PUBLIC_CLIENT,
      response_type: 'code',
      redirect_uri: `${tls.origin}/console/login/callback`,
      scope: 'openid',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
    })
    expect(asked.headers.get('set-cookie')).toMatch(
      /^__Host-alcada-login=[^;]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=600; Secure$/,
    )
    const other = await fetch(`${line.alcada.ops}/console/login/provider?issuer=https://evil.example`)
    expect(other.status).toBe(404)
  })

  test('what signs in here calls no tool and is no token of the approvals API', async () => {
    const idToken = await provider.idToken('ana')
    await expect(connect2026(line.alcada.mcp, idToken)).rejects.toThrow()
    expect((await deskWith(line, idToken).get('/approvals')).status).toBe(401)
  })

  test('a client with a secret proves itself by it', async () => {
    await line.stop()
    line = await lineWith(
      `{ client_id: ${SECRET_CLIENT}, client_secret: "secret:CONSOLE_CLIENT", name: Contas Aurora }`,
    )
    const page = await newPage()
    await signIn(page, 'ana')
    await requests(page)
    expect(line.alcada.log()).not.toContain(CLIENT_SECRET)
  })

  test('a session ends with the trust in the provider it came from', async () => {
    const page = await newPage()
    await signIn(page, 'ana')
    await requests(page)
    const file = 'policies/omie/security.yaml'
    line.alcada.project.write(file, line.alcada.project.read(file).replace(/^ +login: .*\n/m, ''))
    await line.alcada.publish()
    expect((await page.goto(`${tls.origin}/console/requests`))?.status()).toBe(401)
    expect(await page.getByRole('link', { name: 'Entrar com Contas Aurora' }).count()).toBe(0)
  })
})
