import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { freePort } from '../free-port.ts'
import type { Authority } from './authority.ts'

/** Debian's docker-registry on loopback. */
export interface Registry {
  /** `localhost:<port>` */
  host: string
  /** `oci://localhost:<port>/policies`, over TLS where it has a certificate. */
  target: string
  stop(): Promise<void>
  pause(): Promise<void>
  /** Starts it again where it was, with what it had. */
  again(): Promise<void>
}

export interface RegistryOptions {
  /** Serves over TLS with its certificate. Default: plain HTTP. */
  authority?: Authority
  /** Where it sends whoever has no token; the authority signs them. Default: everybody may. */
  realm?: string
  /** Lines of htpasswd (bcrypt): who may. Default: everybody. */
  htpasswd?: string
}

export async function startRegistry({ authority, realm, htpasswd }: RegistryOptions = {}): Promise<Registry> {
  const place = mkdtempSync(join(tmpdir(), 'alcada-registry-'))
  const port = await freePort()
  const tls = authority === undefined ? '' : `, tls: { certificate: ${authority.certFile}, key: ${authority.keyFile} }`
  if (htpasswd !== undefined) writeFileSync(join(place, 'htpasswd'), htpasswd)
  const token = `realm: ${realm}, service: registry, issuer: alcada-test, rootcertbundle: ${authority?.caFile}`
  const byToken = realm === undefined ? '' : `auth: { token: { ${token} } }\n`
  const auth = htpasswd === undefined ? '' : `auth: { htpasswd: { realm: alcada, path: ${join(place, 'htpasswd')} } }\n`
  writeFileSync(
    join(place, 'config.yml'),
    `version: 0.1
log: { level: error, accesslog: { disabled: true } }
storage: { filesystem: { rootdirectory: ${join(place, 'data')} }, delete: { enabled: true } }
http: { addr: "127.0.0.1:${port}"${tls} }
${auth}${byToken}`,
  )
  const log = join(place, 'log')
  const start = async (): Promise<() => Promise<void>> => {
    const child = spawn('sh', ['-c', 'exec docker-registry serve config.yml >>log 2>&1'], {
      cwd: place,
      stdio: 'ignore',
    })
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    while (!(await answers(port))) {
      if (child.exitCode !== null) throw new Error(`docker-registry ended: ${readFileSync(log, 'utf8')}`)
      await setTimeout(20)
    }
    return async () => {
      child.kill()
      await ended
    }
  }
  let end = await start()
  const host = `localhost:${port}`
  return {
    host,
    target: `${authority === undefined ? 'oci+http' : 'oci'}://${host}/policies`,
    async stop() {
      await end()
      rmSync(place, { recursive: true, force: true })
    },
    pause: () => end(),
    async again() {
      end = await start()
    },
  }
}

async function answers(port: number): Promise<boolean> {
  // Whatever it says, over TLS or not, it says it once it listens.
  return fetch(`http://127.0.0.1:${port}/v2/`).then(
    () => true,
    (error: Error) => !String((error.cause as Error | undefined)?.message).includes('ECONNREFUSED'),
  )
}
