import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request as ask } from 'node:http'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A TLS terminator on loopback with a certificate of its own, as a reverse proxy would stand before the console. */
export interface TlsTerminator {
  /** `https://localhost:<port>` */
  origin: string
  /** Where requests go from now on. */
  toward(url: string): void
  stop(): Promise<void>
}

export async function startTls(): Promise<TlsTerminator> {
  let target: URL | null = null
  const server = createServer(selfSigned(), (request, response) => {
    if (target === null) {
      response.writeHead(503).end()
      return
    }
    const { method, headers, url } = request
    const { hostname, port } = target
    const passed = ask({ hostname, port, path: url, method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
      answer.pipe(response)
    })
    passed.once('error', () => response.destroy())
    request.pipe(passed)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('expected a port')
  return {
    origin: `https://localhost:${address.port}`,
    toward(url) {
      target = new URL(url)
    },
    async stop() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

function selfSigned(): { key: Buffer; cert: Buffer } {
  const place = mkdtempSync(join(tmpdir(), 'alcada-tls-'))
  const [key, cert] = [join(place, 'key.pem'), join(place, 'cert.pem')]
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  execFileSync('openssl', [...made, ...names, '-keyout', key, '-out', cert], { stdio: 'pipe' })
  const pair = { key: readFileSync(key), cert: readFileSync(cert) }
  rmSync(place, { recursive: true, force: true })
  return pair
}
