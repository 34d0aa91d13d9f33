/** One service of the Compose specification, with what production needs of it. */
export type ComposeService = Readonly<Record<string, unknown>>

export interface ComposeFile {
  services: Record<string, ComposeService>
  networks: Record<string, { ipam: object }>
  volumes: Record<string, object>
  secrets: Record<string, { file: string }>
}

/**
 * What runs every ERP's server in production: a service, the front that clients reach it by, a network, two volumes and a secret each,
 * all from one template. Limits, health check and restart are row S12 of the design.
 */
export function composeProduction(erps: readonly string[]): ComposeFile {
  const names = [...erps].sort()
  const each = <Value>(make: (erp: string, index: number) => [string, Value][]): Record<string, Value> =>
    Object.fromEntries(names.flatMap(make))
  return {
    services: each((erp, index) => [
      [erp, server(erp, index)],
      [`${erp}-front`, front(erp, index)],
    ]),
    // No server reaches another one's.
    networks: each((erp, index) => [[erp, { ipam: { config: [{ subnet: `${net(erp, index)}.0/24` }] } }]]),
    volumes: each((erp) => [
      [`${erp}-state`, {}],
      [`${erp}-logs`, {}],
    ]),
    secrets: each((erp) => [[`${erp}-credentials-key`, { file: `./secrets/${erp}.key` }]]),
  }
}

/** What server and front are run with alike. */
function confined(erp: string): ComposeService {
  return {
    // Each ERP's tag moves by itself.
    image: given(`ALCADA_IMAGE_${erp.toUpperCase()}`, `alcada/${erp}:latest`),
    restart: 'unless-stopped',
    read_only: true,
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
    user: '65532:65532',
    pids_limit: 256,
    logging: { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '5' } },
  }
}

/**
 * Owns the address that clients know, and holds their requests while `alcada deploy` exchanges the server behind it. It knows the server
 * by the name of its container, which the one that takes its place gets.
 */
function front(erp: string, index: number): ComposeService {
  return {
    ...confined(erp),
    entrypoint: ['/usr/bin/node', '/app/servers/front.js'],
    command: ['0.0.0.0:8080', `${containerOf(erp)}:8080`, '/control/control.sock'],
    stop_grace_period: '10s',
    // Loopback alone: what ends TLS stands in front. An ERP that comes moves those behind it, unless their ports are given.
    ports: [`127.0.0.1:${given(`ALCADA_PORT_${erp.toUpperCase()}`, `${8_080 + index}`)}:8080`],
    networks: { [erp]: { ipv4_address: `${net(erp, index)}.2` } },
    volumes: [`./front/${erp}:/control`],
    healthcheck: HEALTH,
    deploy: {
      resources: { limits: { cpus: '1.0', memory: '512M' }, reservations: { cpus: '0.1', memory: '64M' } },
    },
  }
}

function server(erp: string, index: number): ComposeService {
  const own = erp.toUpperCase()
  return {
    ...confined(erp),
    container_name: containerOf(erp),
    // A server that is asked to end lets the calls under way end first.
    stop_grace_period: '30s',
    environment: {
      ENV: 'production',
      LOG_LEVEL: given('LOG_LEVEL', 'INFO'),
      MAX_CONNECTIONS: given('MAX_CONNECTIONS', '100'),
      ALCADA_ERP: erp,
      ALCADA_CHANNEL: `$\{ALCADA_CHANNEL:?where bundles are published to}`,
      ALCADA_TRUST_FILE: '/config/trust.json',
      ALCADA_TOKEN_KEYS_FILE: '/config/token-keys.json',
      ALCADA_CREDENTIALS_STORE: '/config/credentials',
      ALCADA_CREDENTIALS_KEY_FILE: `/run/secrets/${erp}-credentials-key`,
      ALCADA_STATE_DIR: '/state',
      ALCADA_LOG_DIR: '/logs',
      ALCADA_HOST: '0.0.0.0',
      ALCADA_PORT: '8080',
      ALCADA_OPS_HOST: '0.0.0.0',
      ALCADA_OPS_PORT: '9090',
      // Whose word on where a request comes from is taken: the front's.
      ALCADA_TRUSTED_PROXIES: `${net(erp, index)}.2`,
      ALCADA_ALLOWED_HOSTS: given(`ALCADA_ALLOWED_HOSTS_${own}`, '127.0.0.1,localhost,[::1]'),
    },
    ports: [`127.0.0.1:${given(`ALCADA_OPS_PORT_${own}`, `${9_090 + index}`)}:9090`],
    networks: [erp],
    volumes: [`./config/${erp}:/config:ro`, `${erp}-state:/state`, `${erp}-logs:/logs`],
    secrets: [{ source: `${erp}-credentials-key`, target: `${erp}-credentials-key` }],
    healthcheck: HEALTH,
    deploy: {
      resources: {
        limits: { cpus: '2.0', memory: '4G' },
        reservations: { cpus: '1.0', memory: '2G' },
      },
    },
  }
}

const HEALTH = {
  test: ['CMD', '/usr/bin/node', '/app/servers/health-check.mjs'],
  interval: '30s',
  timeout: '10s',
  retries: 3,
  start_period: '30s',
}

/** As Compose would name it in the project `alcada`; `alcada deploy` looks for it by this name. */
function containerOf(erp: string): string {
  return `alcada-${erp}-1`
}

/** The first three numbers of an ERP's network. */
function net(erp: string, index: number): string {
  return given(`ALCADA_NET_${erp.toUpperCase()}`, `10.213.${index + 1}`)
}

/** What Compose takes from the environment it is started in. */
function given(name: string, otherwise: string): string {
  return `\${${name}:-${otherwise}}`
}
