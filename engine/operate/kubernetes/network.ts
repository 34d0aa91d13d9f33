import type { Manifest } from './pod.ts'

/** Namespaces that carry these may reach a server, or be reached by it. */
export const LABELS = {
  clients: { 'alcada/clients': 'yes' },
  operations: { 'alcada/operations': 'yes' },
  database: { 'alcada/database': 'yes' },
} as const

/** What is not of the Internet: an ERP or a channel there needs a policy of its own. */
const INSIDE_4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
]
const INSIDE_6 = ['::1/128', '::ffff:0:0/96', 'fc00::/7', 'fe80::/10']

/** Nothing comes in or goes out but what one of these says. */
export function networkPolicies(): Manifest[] {
  return [
    policy('deny', { policyTypes: ['Ingress', 'Egress'] }),
    policy('in', {
      policyTypes: ['Ingress'],
      ingress: [
        { from: [namespaces(LABELS.clients)], ports: [tcp('mcp')] },
        { from: [namespaces(LABELS.operations)], ports: [tcp('operations')] },
      ],
    }),
    policy('out', {
      policyTypes: ['Egress'],
      egress: [
        {
          to: [
            {
              namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
              podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
            },
          ],
          ports: [{ protocol: 'UDP', port: 53 }, tcp(53)],
        },
        // Policies know no names: of the addresses outside a server asks those of `allowedHosts` alone.
        {
          to: [{ ipBlock: { cidr: '0.0.0.0/0', except: INSIDE_4 } }, { ipBlock: { cidr: '::/0', except: INSIDE_6 } }],
          ports: [tcp(443)],
        },
      ],
    }),
  ]
}

export function databasePolicy(): Manifest {
  return policy('database', {
    policyTypes: ['Egress'],
    egress: [{ to: [namespaces(LABELS.database)], ports: [tcp(5432)] }],
  })
}

/**
 * What the ERP's address needs beyond https to the Internet: another port, an address inside, or a service of the cluster.
 * null: nothing, or a name of which no policy can say where it is.
 */
export function erpPolicy(baseUrl: string): Manifest | null {
  const { hostname, port, protocol } = new URL(baseUrl)
  const number = Number(port || (protocol === 'https:' ? 443 : 80))
  const to = placeOf(hostname, number)
  return to === null ? null : policy('erp', { policyTypes: ['Egress'], egress: [{ to: [to], ports: [tcp(number)] }] })
}

function placeOf(hostname: string, port: number): Manifest | null {
  const service = /^[a-z0-9-]+\.([a-z0-9-]+)\.svc(\.|$)/.exec(hostname)?.[1]
  if (service !== undefined) return namespaces({ 'kubernetes.io/metadata.name': service })
  // A container of the same pod.
  if (/^(127\.|\[::1\]$|localhost$)/.test(hostname)) return null
  if (/^\d+(\.\d+){3}$/.test(hostname)) return { ipBlock: { cidr: `${hostname}/32` } }
  return port === 443 ? null : { ipBlock: { cidr: '0.0.0.0/0', except: INSIDE_4 } }
}

function policy(name: string, spec: Manifest): Manifest {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: `alcada-${name}` },
    // A namespace holds one ERP's server and nothing else.
    spec: { podSelector: {}, ...spec },
  }
}

function namespaces(matchLabels: Readonly<Record<string, string>>): Manifest {
  return { namespaceSelector: { matchLabels } }
}

function tcp(port: number | string): Manifest {
  return { protocol: 'TCP', port }
}
