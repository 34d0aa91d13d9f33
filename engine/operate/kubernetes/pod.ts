/** What is written as YAML: an object of Kubernetes, or a file of kustomize. */
export type Manifest = Readonly<Record<string, unknown>>

/** The user of the image, and the group that the mounted secrets are given to. */
const NOBODY = 65_532
/** Clients and the cluster's proxies get to know in this time that a pod takes no more, in seconds. */
const LEAVING_S = 5
/** `LEAVING_S`, then 20 s for the calls under way, then what a server closes: servers/server.ts. */
const END_S = 45

export interface PodOptions {
  /** Further settings of the server. */
  env?: readonly Manifest[]
  volumes?: readonly Manifest[]
  mounts?: readonly Manifest[]
  /** Keeps replicas on different nodes. */
  spread?: boolean
}

/** The pod of every server, as PodSecurity `restricted` asks for it; limits and health check are row S12 of the design. */
export function pod({ env = [], volumes = [], mounts = [], spread = false }: PodOptions): Manifest {
  return {
    serviceAccountName: 'alcada',
    automountServiceAccountToken: false,
    // A service named `alcada` would be told to the pod as ALCADA_PORT, which is a setting of the server.
    enableServiceLinks: false,
    terminationGracePeriodSeconds: END_S,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: NOBODY,
      runAsGroup: NOBODY,
      fsGroup: NOBODY,
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
    },
    ...(spread
      ? { topologySpreadConstraints: [apart('kubernetes.io/hostname'), apart('topology.kubernetes.io/zone')] }
      : {}),
    containers: [
      {
        name: 'server',
        image: 'alcada',
        ports: [
          { name: 'mcp', containerPort: 8080 },
          { name: 'operations', containerPort: 9090 },
        ],
        // The later one wins: what `alcada-settings` says.
        envFrom: [{ configMapRef: { name: 'alcada-erp' } }, { configMapRef: { name: 'alcada-settings' } }],
        env: [...SETTINGS, ...env],
        // Not ready is no reason to end a server: without its database or a policy it denies, and says why.
        startupProbe: { httpGet: at('/health/live'), periodSeconds: 2, failureThreshold: 60 },
        livenessProbe: { httpGet: at('/health/live'), periodSeconds: 30, timeoutSeconds: 10, failureThreshold: 3 },
        readinessProbe: { httpGet: at('/health/ready'), periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 3 },
        // There is no shell in the image to run anything else.
        lifecycle: { preStop: { sleep: { seconds: LEAVING_S } } },
        resources: { limits: { cpu: '2', memory: '4Gi' }, requests: { cpu: '1', memory: '2Gi' } },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
        volumeMounts: [
          { name: 'state', mountPath: '/state' },
          { name: 'trust', mountPath: '/config', readOnly: true },
          { name: 'credentials', mountPath: '/run/secrets/credentials', readOnly: true },
          ...mounts,
        ],
      },
    ],
    volumes: [
      { name: 'trust', configMap: { name: 'alcada-trust' } },
      { name: 'credentials', secret: { secretName: 'alcada-credentials', defaultMode: 0o400 } },
      ...volumes,
    ],
  }
}

const SETTINGS: readonly Manifest[] = Object.entries({
  ALCADA_TRUST_FILE: '/config/trust.json',
  ALCADA_TOKEN_KEYS_FILE: '/config/token-keys.json',
  ALCADA_CREDENTIALS_STORE: '/run/secrets/credentials/store',
  ALCADA_CREDENTIALS_KEY_FILE: '/run/secrets/credentials/key',
  ALCADA_STATE_DIR: '/state',
  ALCADA_HOST: '0.0.0.0',
  ALCADA_PORT: '8080',
  ALCADA_OPS_HOST: '0.0.0.0',
  ALCADA_OPS_PORT: '9090',
}).map(([name, value]) => ({ name, value }))

function at(path: string): Manifest {
  return { path, port: 'mcp' }
}

function apart(topologyKey: string): Manifest {
  const labelSelector = { matchLabels: { 'app.kubernetes.io/name': 'alcada' } }
  return { maxSkew: 1, topologyKey, whenUnsatisfiable: 'ScheduleAnyway', labelSelector }
}
