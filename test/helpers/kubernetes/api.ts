import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv, type ValidateFunction } from 'ajv'

/** The module of which only the description of its API is used: `go mod download` brings it. */
export const KUBERNETES = 'k8s.io/kubernetes@v1.36.2'

export type KubernetesObject = Record<string, unknown> & { apiVersion: string; kind: string }

/** Kubernetes' own description of its API (OpenAPI 3), by Go's cache; null where it was not downloaded. */
export function kubernetesApi(): string | null {
  const cache =
    process.env['GOMODCACHE'] ?? join(process.env['GOPATH'] ?? join(process.env['HOME'] ?? '', 'go'), 'pkg/mod')
  const folder = join(cache, KUBERNETES, 'api/openapi-spec/v3')
  return existsSync(folder) ? folder : null
}

/**
 * Holds objects to that description, strictly as `kubectl --validate=strict` does: a field it does not know is a fault.
 * @returns what is wrong, each with its place; nothing where the object is one that Kubernetes takes
 */
export function kubernetesValidator(folder: string): (object: KubernetesObject) => string[] {
  const compiled = new Map<string, ValidateFunction>()
  return (object) => {
    const { apiVersion, kind } = object
    const key = `${apiVersion} ${kind}`
    const validate = compiled.get(key) ?? compile(folder, apiVersion, kind)
    compiled.set(key, validate)
    if (validate(object)) return []
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) =>
        `${kind}${instancePath}: ${message}${'additionalProperty' in params ? ` \`${params['additionalProperty']}\`` : ''}`,
    )
  }
}

/** The objects that kustomize makes of an overlay. */
export function kustomized(folder: string): string {
  return execFileSync('kustomize', ['build', folder], { encoding: 'utf8' })
}

interface Schema {
  properties?: object
  additionalProperties?: unknown
  'x-kubernetes-group-version-kind'?: { group: string; version: string; kind: string }[]
}

function compile(folder: string, apiVersion: string, kind: string): ValidateFunction {
  const name = apiVersion.includes('/') ? `apis__${apiVersion.replace('/', '__')}` : `api__${apiVersion}`
  const { components } = JSON.parse(readFileSync(join(folder, `${name}_openapi.json`), 'utf8'))
  const schemas: Record<string, Schema> = components.schemas
  for (const schema of Object.values(schemas)) {
    if (schema.properties !== undefined) schema.additionalProperties ??= false
  }
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion]
  const found = Object.entries(schemas).find(([, { 'x-kubernetes-group-version-kind': kinds = [] }]) =>
    kinds.some((one) => one.group === group && one.version === version && one.kind === kind),
  )
  if (found === undefined) throw new Error(`Kubernetes knows no ${kind} of ${apiVersion}`)
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false })
  ajv.addSchema({ $id: 'api', components: { schemas } })
  return ajv.compile({ $ref: `api#/components/schemas/${found[0]}` })
}
