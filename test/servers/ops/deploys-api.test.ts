// What `alcada deploy` tells a server: taken of an administrator alone, only what is well formed, and only of this ERP.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DeployEvent } from '../../../engine/contract/deploy-event.ts'
import { type Listener, listen } from '../../../servers/mcp/listener.ts'
import { NoApprover } from '../../../servers/ops/approver-route.ts'
import { deploysApi } from '../../../servers/ops/deploys-api.ts'

const EVENT: DeployEvent = {
  ...{ at: '2026-11-28T12:00:00.000Z', erp: 'omie', image: 'ghcr.io/acme/omie:4f2c', before: 'sha256:12ab' },
  ...{ outcome: 'deployed', by: 'deploy', reason: null, heldMs: 2400 },
}
let listener: Listener
const written: [string, DeployEvent][] = []

beforeAll(async () => {
  const route = deploysApi({
    erp: 'omie',
    async authenticate(authorization) {
      const role = /^Bearer (\w+)$/.exec(authorization ?? '')?.[1]
      if (role === undefined) throw new NoApprover('token_missing', 'expected a token')
      return { person: 'olga', roles: [role], companies: [], token_age_s: 1 }
    },
    sourceOf: () => '127.0.0.1',
    origin: () => listener.url,
    mayDeploy: ({ roles }) => roles.includes('admin'),
    async record({ person }, event) {
      written.push([person, event])
      return 'omie-000000007'
    },
  })
  listener = await listen(route, { host: '127.0.0.1', port: 0, maxConnections: 10, clean: (text) => text })
})
afterAll(() => listener.close(0))

async function told(token: string, body: string, method = 'POST'): Promise<[number, unknown]> {
  const headers = { authorization: token }
  const answer = await fetch(listener.url, { method, headers, ...(method === 'POST' ? { body } : {}) })
  const { entry, error } = JSON.parse(await answer.text())
  return [answer.status, entry ?? error.code]
}

test('an administrator has it written, under that name', async () => {
  expect(await told('Bearer admin', JSON.stringify(EVENT))).toEqual([201, 'omie-000000007'])
  expect(written).toEqual([['olga', EVENT]])
})

test.each<[string, string, string, [number, string]]>([
  ['somebody without a token', '', JSON.stringify(EVENT), [401, 'token_missing']],
  ['an approver', 'Bearer approver', JSON.stringify(EVENT), [403, 'not_admin']],
  ['a deploy of another ERP', 'Bearer admin', JSON.stringify({ ...EVENT, erp: 'nibo' }), [422, 'deploy_malformed']],
  [
    'an outcome that there is not',
    'Bearer admin',
    JSON.stringify({ ...EVENT, outcome: 'fine' }),
    [422, 'deploy_malformed'],
  ],
  ['more than is known', 'Bearer admin', JSON.stringify({ ...EVENT, extra: 1 }), [422, 'deploy_malformed']],
  ['the same key twice', 'Bearer admin', '{"erp":"omie","erp":"nibo"}', [422, 'deploy_malformed']],
  ['no JSON', 'Bearer admin', 'deployed', [422, 'deploy_malformed']],
  ['too much', 'Bearer admin', ' '.repeat(65_537), [422, 'deploy_malformed']],
])('%s is refused, and nothing is written', async (_name, token, body, refused) => {
  const before = written.length
  expect(await told(token, body)).toEqual(refused)
  expect(written.length).toBe(before)
})

test('nothing can be read here', async () => {
  expect(await told('Bearer admin', '', 'GET')).toEqual([405, 'method_not_allowed'])
})
