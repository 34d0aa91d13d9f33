import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** An authority of a test's own, and what it gave `localhost`. */
export interface Authority {
  /** PEM of the authority: what clients trust. */
  caFile: string
  /** Of the server. */
  keyFile: string
  certFile: string
  key: Buffer
  cert: Buffer
  remove(): void
}

export function startAuthority(): Authority {
  const place = mkdtempSync(join(tmpdir(), 'alcada-authority-'))
  const at = (name: string): string => join(place, name)
  const openssl = (...args: string[]): unknown => execFileSync('openssl', args, { stdio: 'pipe' })
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  openssl('req', '-x509', ...ec, '-days', '2', '-subj', '/CN=Autoridade', '-keyout', at('ca.key'), '-out', at('ca.pem'))
  openssl('req', ...ec, '-subj', '/CN=localhost', '-keyout', at('key.pem'), '-out', at('csr.pem'))
  writeFileSync(at('ext'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n')
  const by = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial', '-days', '2', '-extfile', at('ext')]
  openssl('x509', '-req', '-in', at('csr.pem'), ...by, '-out', at('cert.pem'))
  return {
    caFile: at('ca.pem'),
    keyFile: at('key.pem'),
    certFile: at('cert.pem'),
    key: readFileSync(at('key.pem')),
    cert: readFileSync(at('cert.pem')),
    remove: () => rmSync(place, { recursive: true, force: true }),
  }
}
