// The manifests of Kubernetes: what is committed is what the template makes, kustomize renders it, Kubernetes' own description of
// its API takes every object of it (and no misspelt field), and it says what it is meant to say.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { erpAddresses, kubernetesTexts } from '../../../engine/commands/kubernetes.ts'
import { loadTree } from '../../../engine/load/load.ts'
import { erpPolicy } from '../../../engine/operate/kubernetes/network.ts'
import { readConfig } from '../../../servers/config.ts'
import { type KubernetesObject, kubernetesApi, kubernetesValidator, kustomized } from '../../helpers/kubernetes/api.ts'
import { needs } from '../../helpers/needs.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const FOLDER = join(ROOT, 'servers/kubernetes')

test('what is committed is what the template makes of the ERPs there are', async () => {
  const { tree } = await loadTree(ROOT)
  const there = readdirSync(FOLDER, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(FOLDER.length + 1))
  const committed = Object.fromEntries(there.sort().map((path) => [path, readFileSync(join(FOLDER, path), 'utf8')]))
  const made = kubernetesTexts(erpAddresses(tree))
  expect(committed).toEqual(made)
  expect(Object.keys(tree.erps).filter((erp) => !(`overlays/${erp}/sqlite/kustomization.yaml` in made))).toEqual([])
})

test.each<[string, string, unknown]>([
  ['https to the Internet is open to every server', 'https://app.omie.com.br/api/v1', null],
  ['a container of the same pod needs no policy', 'http://127.0.0.1:8000/erp', null],
  [
    'an address inside is opened alone, at its port',
    'https://10.2.3.4:8443/erp',
    { to: [{ ipBlock: { cidr: '10.2.3.4/32' } }], ports: [{ protocol: 'TCP', port: 8443 }] },
  ],
  [
    'a service of the cluster is opened by its namespace',
    'https://tryton.erp.svc.cluster.local/db',
    {
      to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'erp' } } }],
      ports: [{ protocol: 'TCP', port: 443 }],
    },
  ],
  [
    'another port outside is opened outside alone',
    'https://erp.example:8443/api',
    {
      to: [{ ipBlock: { cidr: '0.0.0.0/0', except: expect.arrayContaining(['10.0.0.0/8', '169.254.0.0/16']) } }],
      ports: [{ protocol: 'TCP', port: 8443 }],
    },
  ],
])('%s: %s', (_name, baseUrl, opened) => {
  const policy = erpPolicy(baseUrl)
  if (opened === null) expect(policy).toBeNull()
  else expect(policy).toMatchObject({ spec: { policyTypes: ['Egress'], egress: [opened] } })
})

describe.skipIf(needs('kubernetes', 'kustomize').missing !== null)('rendered by kustomize', () => {
  const rendered: Record<string, KubernetesObject[]> = {}
  let faults: (object: KubernetesObject) => string[]
  let place = ''

  beforeAll(() => {
    faults = kubernetesValidator(kubernetesApi() ?? '')
    place = mkdtempSync(join(tmpdir(), 'alcada-kubernetes-'))
    for (const erp of readdirSync(join(FOLDER, 'overlays')))
      for (const store of ['sqlite', 'postgres'])
        rendered[`${erp}/${store}`] = objectsOf(kustomized(join(FOLDER, 'overlays', erp, store)))
  })
  afterAll(() => rmSync(place, { recursive: true, force: true }))

  const one = (of: string, kind: string, name: string) => {
    const found = rendered[of]?.find(
      (object) => object.kind === kind && Object(object['metadata']).name.startsWith(name),
    )
    return JSON.parse(JSON.stringify(found))
  }

  test('every object of every overlay is one that Kubernetes takes', () => {
    expect(Object.values(rendered).flat().flatMap(faults)).toEqual([])
    expect(
      rendered['omie/sqlite']
        ?.map(({ kind }) => kind)
        .sort()
        .join(' '),
    ).toBe(
      'ConfigMap Deployment Namespace NetworkPolicy NetworkPolicy NetworkPolicy PersistentVolumeClaim Service Service ServiceAccount',
    )
    expect(
      rendered['omie/postgres']
        ?.map(({ kind }) => kind)
        .sort()
        .join(' '),
    ).toBe(
      'ConfigMap Namespace NetworkPolicy NetworkPolicy NetworkPolicy NetworkPolicy PodDisruptionBudget Service Service Service ServiceAccount StatefulSet',
    )
  })

  test.each([
    ['sqlite/deployment.yaml', 'livenessProbe:', 'livenesProbe:', 'must NOT have additional properties `livenesProbe`'],
    ['sqlite/deployment.yaml', 'replicas: 1', 'replicas: one', 'must be integer'],
    ['base/network.yaml', 'namespaceSelector:', 'namespacesSelector:', '`namespacesSelector`'],
    ['sqlite/state.yaml', 'storage: 20Gi', 'storage: [20Gi]', 'must be string'],
  ])('a fault in %s is caught: `%s` written as `%s`', async (file, right, wrong, said) => {
    const copy = join(place, wrong.replace(/\W/g, ''))
    await cp(FOLDER, copy, { recursive: true })
    const text = readFileSync(join(copy, file), 'utf8')
    writeFileSync(join(copy, file), text.replace(right, wrong))
    const objects = objectsOf(kustomized(join(copy, 'overlays/omie/sqlite')))
    expect(objects.flatMap(faults).join('\n')).toContain(said)
  })

  test('a pod is one that PodSecurity `restricted` lets run, within the limits, with probes and an end that lets calls end', () => {
    for (const [of, kind] of [
      ['omie/sqlite', 'Deployment'],
      ['omie/postgres', 'StatefulSet'],
    ] as const) {
      const { spec } = one(of, kind, 'alcada').spec.template
      const [server, ...others] = spec.containers
      expect(others).toEqual([])
      expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } })
      expect(server.securityContext).toEqual({
        ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
      })
      expect(server.resources).toEqual({ limits: { cpu: '2', memory: '4Gi' }, requests: { cpu: '1', memory: '2Gi' } })
      expect(server.readinessProbe.httpGet).toEqual({ path: '/health/ready', port: 'mcp' })
      expect(server.livenessProbe.httpGet).toEqual({ path: '/health/live', port: 'mcp' })
      expect(server.lifecycle).toEqual({ preStop: { sleep: { seconds: 5 } } })
      // 5 s before it is asked, 20 s for the calls under way, 3 s each for what two listeners still hold.
      expect(spec.terminationGracePeriodSeconds).toBeGreaterThan(5 + 20 + 3 + 3)
      expect([spec.automountServiceAccountToken, spec.enableServiceLinks]).toEqual([false, false])
      expect(spec.volumes.map((volume: object) => Object.keys(volume).find((key) => key !== 'name'))).not.toContain(
        'hostPath',
      )
    }
    expect(one('omie/sqlite', 'Namespace', 'alcada-omie').metadata.labels).toMatchObject({
      'pod-security.kubernetes.io/enforce': 'restricted',
    })
  })

  test('on SQLite there is one writer at any time', () => {
    const { replicas, strategy } = one('omie/sqlite', 'Deployment', 'alcada').spec
    expect([replicas, strategy]).toEqual([1, { type: 'Recreate' }])
    expect(one('omie/sqlite', 'PersistentVolumeClaim', 'alcada').spec.accessModes).toEqual(['ReadWriteOncePod'])
  })

  test('on PostgreSQL several replicas keep name and volume, and one at most is away', () => {
    const set = one('omie/postgres', 'StatefulSet', 'alcada').spec
    expect([set.replicas, set.updateStrategy]).toEqual([2, { type: 'RollingUpdate' }])
    expect(set.persistentVolumeClaimRetentionPolicy).toEqual({ whenDeleted: 'Retain', whenScaled: 'Retain' })
    expect(one('omie/postgres', 'PodDisruptionBudget', 'alcada').spec.maxUnavailable).toBe(1)
  })

  test('nothing reaches a server but labelled namespaces, and it reaches names, https outside and its database', () => {
    expect(one('omie/postgres', 'NetworkPolicy', 'alcada-deny').spec).toEqual({
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
    })
    const from = (label: string) => [{ namespaceSelector: { matchLabels: { [label]: 'yes' } } }]
    expect(one('omie/postgres', 'NetworkPolicy', 'alcada-in').spec.ingress).toEqual([
      { from: from('alcada/clients'), ports: [{ protocol: 'TCP', port: 'mcp' }] },
      { from: from('alcada/operations'), ports: [{ protocol: 'TCP', port: 'operations' }] },
    ])
    const out = one('omie/postgres', 'NetworkPolicy', 'alcada-out').spec.egress
    expect(out.map(({ ports }: { ports: object[] }) => ports)).toEqual([
      [
        { protocol: 'UDP', port: 53 },
        { protocol: 'TCP', port: 53 },
      ],
      [{ protocol: 'TCP', port: 443 }],
    ])
    expect(one('omie/postgres', 'NetworkPolicy', 'alcada-database').spec.egress).toEqual([
      { to: from('alcada/database'), ports: [{ protocol: 'TCP', port: 5432 }] },
    ])
  })

  test('no secret stands in it, and a server understands every setting that it gives', () => {
    for (const [of, kind] of [
      ['omie/sqlite', 'Deployment'],
      ['omie/postgres', 'StatefulSet'],
    ] as const) {
      expect(rendered[of]?.filter((object) => object.kind === 'Secret')).toEqual([])
      const [server] = one(of, kind, 'alcada').spec.template.spec.containers
      const given: { name: string; value?: string }[] = server.env
      const config = readConfig({
        ...one(of, 'ConfigMap', 'alcada-erp').data,
        ALCADA_CHANNEL: 'https://bundles.example/alcada',
        ...Object.fromEntries(given.map(({ name, value = FROM[name] }) => [name, value])),
      })
      expect(config).toMatchObject({ erp: 'omie', host: '0.0.0.0', port: 8080, opsPort: 9090, stateDir: '/state' })
      expect(config.allowedHosts).toContain('alcada.alcada-omie.svc.cluster.local')
      const names = [...server.envFrom].map(({ configMapRef }) => configMapRef.name)
      expect(names).toEqual([one(of, 'ConfigMap', 'alcada-erp').metadata.name, 'alcada-settings'])
    }
  })
})

/** What the cluster puts in place of a reference. */
const FROM: Record<string, string> = {
  ALCADA_REPLICA: 'alcada-0',
  ALCADA_DATABASE_URL: 'postgres://alcada:password@db.example/omie',
}

function objectsOf(text: string): KubernetesObject[] {
  return parseAllDocuments(text).map((document) => document.toJS())
}
