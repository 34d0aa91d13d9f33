import { databasePolicy, erpPolicy, networkPolicies } from './network.ts'
import { type Manifest, pod } from './pod.ts'

/** An ERP that a server is run for. */
export interface ErpAddress {
  name: string
  /** null: it is a program beside the server, or none is declared. */
  baseUrl: string | null
}

const KUSTOMIZE = { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization' }
const COMPONENT = { apiVersion: 'kustomize.config.k8s.io/v1alpha1', kind: 'Component' }
const SELECTED = { matchLabels: { 'app.kubernetes.io/name': 'alcada' } }
const STORAGE = '20Gi'

/**
 * Every file below `servers/kubernetes`, by its path, each the objects that stand in it: a base, one component for a server on
 * SQLite and one for replicas on PostgreSQL, and for each ERP an overlay with a namespace of its own.
 */
export function kubernetesFiles(erps: readonly ErpAddress[]): Record<string, readonly Manifest[]> {
  const sorted = [...erps].sort(({ name: a }, { name: b }) => (a < b ? -1 : 1))
  return {
    'base/kustomization.yaml': [{ ...KUSTOMIZE, resources: ['account.yaml', 'service.yaml', 'network.yaml'] }],
    'base/account.yaml': [
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'alcada' }, automountServiceAccountToken: false },
    ],
    'base/service.yaml': [service('alcada', 'mcp', 8080), service('alcada-operations', 'operations', 9090)],
    'base/network.yaml': networkPolicies(),
    'sqlite/kustomization.yaml': [{ ...COMPONENT, resources: ['deployment.yaml', 'state.yaml'] }],
    'sqlite/deployment.yaml': [oneServer()],
    'sqlite/state.yaml': [
      {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: 'alcada-state' },
        spec: claim('ReadWriteOncePod'),
      },
    ],
    'postgres/kustomization.yaml': [
      { ...COMPONENT, resources: ['replicas.yaml', 'service.yaml', 'disruption.yaml', 'network.yaml'] },
    ],
    'postgres/replicas.yaml': [severalServers()],
    'postgres/service.yaml': [headless()],
    'postgres/disruption.yaml': [
      {
        apiVersion: 'policy/v1',
        kind: 'PodDisruptionBudget',
        metadata: { name: 'alcada' },
        spec: { maxUnavailable: 1, selector: SELECTED },
      },
    ],
    'postgres/network.yaml': [databasePolicy()],
    ...Object.assign({}, ...sorted.map(overlay)),
  }
}

function overlay({ name, baseUrl }: ErpAddress): Record<string, readonly Manifest[]> {
  // A namespace's name holds no underscore (RFC 1123).
  const namespace = `alcada-${name.replaceAll('_', '-')}`
  const own = baseUrl === null ? null : erpPolicy(baseUrl)
  const at = `overlays/${name}`
  const leaf = (component: string): Manifest => ({
    ...KUSTOMIZE,
    namespace,
    resources: ['../erp'],
    components: [`../../../${component}`],
    labels: [{ pairs: { 'app.kubernetes.io/instance': name }, includeTemplates: true }],
    images: image(name),
  })
  const hosts = ['', '.svc', '.svc.cluster.local'].map((end) => `alcada.${namespace}${end}`)
  return {
    [`${at}/erp/kustomization.yaml`]: [
      {
        ...KUSTOMIZE,
        namespace,
        resources: ['../../../base', 'namespace.yaml', ...(own === null ? [] : ['network.yaml'])],
        configMapGenerator: [
          {
            name: 'alcada-erp',
            literals: [
              ...[`ALCADA_ERP=${name}`, 'ENV=production', 'LOG_LEVEL=INFO', 'MAX_CONNECTIONS=100'],
              `ALCADA_ALLOWED_HOSTS=${hosts.join(',')}`,
            ],
          },
        ],
      },
    ],
    [`${at}/erp/namespace.yaml`]: [
      {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: namespace, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
      },
    ],
    ...(own === null ? {} : { [`${at}/erp/network.yaml`]: [own] }),
    [`${at}/sqlite/kustomization.yaml`]: [leaf('sqlite')],
    [`${at}/postgres/kustomization.yaml`]: [leaf('postgres')],
  }
}

/** Each ERP's tag moves by itself. */
function image(erp: string): Manifest[] {
  return [{ name: 'alcada', newName: `alcada/${erp}`, newTag: 'latest' }]
}

/** SQLite has one writer: the old one has ended before the new one starts, and no second pod gets the volume. */
function oneServer(): Manifest {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'alcada' },
    spec: {
      replicas: 1,
      strategy: { type: 'Recreate' },
      selector: SELECTED,
      template: {
        metadata: { labels: SELECTED.matchLabels },
        spec: pod({ volumes: [{ name: 'state', persistentVolumeClaim: { claimName: 'alcada-state' } }] }),
      },
    },
  }
}

/**
 * Each replica writes a chain of the ledger, signs its checkpoints and keeps its archives: they must find it again, so it has a name
 * and a volume that stay. They are replaced one after the other, each once the one before it is ready.
 */
function severalServers(): Manifest {
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'alcada' },
    spec: {
      replicas: 2,
      serviceName: 'alcada-replicas',
      podManagementPolicy: 'Parallel',
      updateStrategy: { type: 'RollingUpdate' },
      minReadySeconds: 5,
      selector: SELECTED,
      template: {
        metadata: { labels: SELECTED.matchLabels },
        spec: pod({
          spread: true,
          env: [
            { name: 'ALCADA_REPLICA', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
            { name: 'ALCADA_DATABASE_URL', valueFrom: { secretKeyRef: { name: 'alcada-database', key: 'url' } } },
            { name: 'ALCADA_MASK_KEY_FILE', value: '/run/secrets/replicas/mask.key' },
          ],
          mounts: [{ name: 'replicas', mountPath: '/run/secrets/replicas', readOnly: true }],
          volumes: [
            {
              name: 'replicas',
              secret: {
                secretName: 'alcada-database',
                defaultMode: 0o400,
                items: [{ key: 'mask.key', path: 'mask.key' }],
              },
            },
          ],
        }),
      },
      volumeClaimTemplates: [{ metadata: { name: 'state' }, spec: claim('ReadWriteOnce') }],
      // What a replica keeps outlives it.
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
    },
  }
}

function service(name: string, port: string, number: number): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { selector: SELECTED.matchLabels, ports: [{ name: port, port: number, targetPort: port }] },
  }
}

function headless(): Manifest {
  const { spec, ...rest } = service('alcada-replicas', 'mcp', 8080)
  return { ...rest, spec: { clusterIP: 'None', ...Object(spec) } }
}

function claim(accessMode: string): Manifest {
  return { accessModes: [accessMode], resources: { requests: { storage: STORAGE } } }
}
