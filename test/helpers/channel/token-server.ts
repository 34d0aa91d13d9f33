import { createPrivateKey, randomUUID } from 'node:crypto'
import { createServer } from 'node:https'
import { SignJWT } from 'jose'
import type { Authority } from './authority.ts'

/** Gives the tokens that a registry with `auth: token` takes (token authentication of the distribution project). */
export interface TokenServer {
  realm: string
  /** Scopes asked for, with who asked. */
  asked: string[]
  stop(): Promise<void>
}

/** @param who `user:password` that may pull and push; anybody else gets a token for nothing */
export async function startTokenServer(authority: Authority, who: string): Promise<TokenServer> {
  const key = createPrivateKey(authority.key)
  const x5c = [authority.cert.toString().replace(/-----[A-Z ]+-----|\s/g, '')]
  const asked: string[] = []
  const server = createServer({ key: authority.key, cert: authority.cert }, async (request, response) => {
    const url = new URL(request.url ?? '/', 'https://localhost')
    const is = request.headers.authorization === `Basic ${Buffer.from(who).toString('base64')}`
    const scope = url.searchParams.get('scope') ?? ''
    asked.push(`${is ? who.split(':')[0] : 'nobody'} ${scope}`)
    const [type = '', name = '', actions = ''] = scope.split(':')
    const access = is ? [{ type, name, actions: actions.split(',') }] : []
    const token = await new SignJWT({ access })
      .setProtectedHeader({ alg: 'ES256', typ: 'JWT', x5c })
      .setIssuer('alcada-test')
      .setAudience(url.searchParams.get('service') ?? '')
      .setSubject('publisher')
      .setJti(randomUUID())
      .setIssuedAt()
      .setNotBefore(Math.floor(Date.now() / 1_000) - 10)
      .setExpirationTime('5m')
      .sign(key)
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ token }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    realm: `https://localhost:${port}/token`,
    asked,
    async stop() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
