/** One service of the Compose specification, with what production needs of it. */
export type ComposeService = Readonly<Record<string, unknown>>

export interface ComposeFile {
  services: Record<string, ComposeService>
  networks: Record<string, object>
  volumes: Record<string, object>
  secrets: Record<string, { file: string }>
}

/**
 * What runs every ERP's server in production: a service, a network, two volumes and a secret each, all from one template.
 * Limits, health check and restart are row S12 of the design.
 */
export function composeProduction(erps: readonly string[]): ComposeFile {
  const names = [...erps].sort()
  const each = <Value>(make: (erp: string, index: number) => [string, Value][]): Record<string, Value> =>
    Object.fromEntries(names.flatMap(make))
  return {
    services: each((erp, index) => [[erp, service(erp, index)]]),
    // No server reaches another one's.
    networks: each((erp) => [[erp, {}]]),
    volumes: each((erp) => [
      [`${erp}-state`, {}],
      [`${erp}-logs`, {}],
    ]),
    secrets: each((erp) => [[`${erp}-credentials-key`, { file: `./secrets/${erp}.key` }]]),
  }
}

function service(erp: string, index: number): ComposeService {
  const own = erp.toUpperCase()
  return {
    // Each ERP's tag moves by itself.
    image: given(`ALCADA_IMAGE_${own}`, `alcada/${erp}:latest`),
    restart: 'unless-stopped',
    read_only: true,
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
    user: '65532:65532',
    pids_limit: 256,
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
      ALCADA_ALLOWED_HOSTS: given(`ALCADA_ALLOWED_HOSTS_${own}`, '127.0.0.1,localhost,[::1]'),
    },
    // Loopback alone: what ends TLS stands in front.
    ports: [`127.0.0.1:${8_080 + index}:8080`, `127.0.0.1:${9_090 + index}:9090`],
    networks: [erp],
    volumes: [`./config/${erp}:/config:ro`, `${erp}-state:/state`, `${erp}-logs:/logs`],
    secrets: [{ source: `${erp}-credentials-key`, target: `${erp}-credentials-key` }],
    healthcheck: {
      test: ['CMD', '/usr/bin/node', '/app/servers/health-check.mjs'],
      interval: '30s',
      timeout: '10s',
      retries: 3,
      start_period: '30s',
    },
    deploy: {
      resources: {
        limits: { cpus: '2.0', memory: '4G' },
        reservations: { cpus: '1.0', memory: '2G' },
      },
    },
    logging: { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '5' } },
  }
}

/** What Compose takes from the environment it is started in. */
function given(name: string, otherwise: string): string {
  return `\${${name}:-${otherwise}}`
}
