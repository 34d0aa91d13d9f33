import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { inject } from 'vitest'
import { KUBERNETES, kubernetesApi } from './kubernetes/api.ts'
import { LEFT_OUT } from './left-out.ts'
import { trytonMissing } from './tryton/process.ts'

/** Parts of a system that `npm install` does not bring. `opa` is the pinned compiler, from wherever it can be had. */
export type Part =
  | 'act'
  | 'actionlint'
  | 'alertmanager'
  | 'chromium'
  | 'go'
  | 'haproxy'
  | 'kubernetes'
  | 'kustomize'
  | 'opa'
  | 'openssl'
  | 'podman'
  | 'postgres'
  | 'prometheus'
  | 'registry'
  | 'script'
  | 'tryton'

export type Need = {
  /** Why the tests that need these parts are left out; null when everything is there. */
  missing: string | null
}

const commands: Record<
  Exclude<Part, 'kubernetes' | 'opa' | 'postgres' | 'tryton'>,
  { file: string } & ({ debian: string } | { go: string })
> = {
  act: { file: 'act', go: 'github.com/nektos/act@v0.2.89' },
  actionlint: { file: 'actionlint', go: 'github.com/rhysd/actionlint/cmd/actionlint@v1.7.12' },
  alertmanager: { file: 'prometheus-alertmanager', debian: 'prometheus-alertmanager' },
  chromium: { file: 'chromium', debian: 'chromium' },
  go: { file: 'go', debian: 'golang' },
  haproxy: { file: 'haproxy', debian: 'haproxy' },
  kustomize: { file: 'kustomize', go: 'sigs.k8s.io/kustomize/kustomize/v5@v5.8.1' },
  openssl: { file: 'openssl', debian: 'openssl' },
  podman: { file: 'podman', debian: 'podman runc' },
  prometheus: { file: 'prometheus', debian: 'prometheus' },
  registry: { file: 'docker-registry', debian: 'docker-registry' },
  script: { file: 'script', debian: 'bsdutils' },
}

/**
 * Says whether this machine has what some tests need. With ALCADA_TEST_ALL=1 a missing part is a failure.
 *
 *     const tryton = needs('tryton')
 *     describe.skipIf(tryton.missing !== null)('a real Tryton', () => { … })
 */
export function needs(...parts: Part[]): Need {
  const reasons = parts.map(why).filter((reason) => reason !== null)
  if (reasons.length === 0) return { missing: null }
  const missing = reasons.join('; ')
  if (process.env['ALCADA_TEST_ALL'] === '1') {
    throw new Error(`ALCADA_TEST_ALL=1 lets no test be left out, but: ${missing}`)
  }
  // The reporter takes the reason from here.
  console.warn(`${LEFT_OUT}${missing}`)
  return { missing }
}

function why(part: Part): string | null {
  if (part === 'tryton') return trytonMissing()
  if (part === 'opa') return inject('compilerMissing')
  if (part === 'kubernetes')
    return kubernetesApi() === null ? `no API of Kubernetes (go mod download ${KUBERNETES})` : null
  if (part === 'postgres') return postgresMissing()
  const command = commands[part]
  const how = 'go' in command ? `go install ${command.go}` : `Debian: apt-get install ${command.debian}`
  return onPath(command.file) ? null : `no \`${command.file}\` on PATH (${how})`
}

// Debian keeps the server's programs off PATH.
function postgresMissing(): string | null {
  const found = ['15', '16', '17', '18'].some((version) => executable(`/usr/lib/postgresql/${version}/bin/postgres`))
  return found || onPath('postgres') ? null : 'no PostgreSQL server (Debian: apt-get install postgresql-15)'
}

function onPath(name: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => executable(join(folder, name)))
}

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
