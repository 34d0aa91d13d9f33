import { describe, expect, test } from 'vitest'
import { forgeBundle } from '../../helpers/forge/bundle.ts'
import { forgeKey, trustOf } from '../../helpers/forge/key.ts'
import { policyServers } from '../../helpers/forge/policy-server.ts'
import { needs } from '../../helpers/needs.ts'

const opa = needs('opa')

describe.skipIf(opa.missing !== null)('a server', () => {
  const servers = policyServers()
  const development = forgeKey({ id: 'dev-1', development: true })

  describe('under a development key', () => {
    const both = trustOf(servers.key, development)

    test('a server says that it is a development server, whatever bundle it enforces', async () => {
      await servers.put(7)
      expect((await servers.start({ trust: both })).status().development).toBe(true)
    })

    test('provenance is not required of its bundles, but of those of other keys', async () => {
      const bare = { commit: null, pull_request: null, author: null, approvers: [], check_run: null }
      servers.place().put(await forgeBundle(servers.files(), development, { revision: 1, ...bare }))
      const holder = await servers.start({ trust: both })
      expect(holder.status().state).toBe('enforcing')
      servers.place().put(await forgeBundle(servers.files(), servers.key, { revision: 2, ...bare }))
      await holder.reload()
      expect(holder.status()).toMatchObject({
        revision: 1,
        lastError: {
          code: 'BUNDLE_PROVENANCE_MISSING',
          message:
            'the bundle does not name the commit, the pull request, the author, an approver who is not the author, the check run',
        },
      })
    })

    test('the ERP may be pointed at a stand-in on loopback', async () => {
      await servers.put(1, servers.files(), development)
      const holder = await servers.start({ trust: both, baseUrl: 'http://127.0.0.1:4321/api' })
      expect(holder.current()?.catalogue.erp.connection).toMatchObject({
        baseUrl: 'http://127.0.0.1:4321/api',
        allowedHosts: ['127.0.0.1:4321'],
      })
    })

    test.each([
      'https://erp.example.org',
      'http://127.0.0.1.example.org',
      'http://10.0.0.1',
      'http://localhost@example.org/',
      'file:///etc/passwd',
      'nothing',
    ])('the ERP may not be pointed at %s', async (baseUrl) => {
      await servers.put(1, servers.files(), development)
      const holder = await servers.start({ trust: both, baseUrl })
      expect(holder.status()).toMatchObject({ state: 'denying', lastError: { code: 'BUNDLE_ADDRESS_REFUSED' } })
    })

    test('a bundle of a production key may not be pointed anywhere', async () => {
      await servers.put(1)
      const holder = await servers.start({ trust: both, baseUrl: 'http://127.0.0.1:4321' })
      expect(holder.status()).toMatchObject({ state: 'denying', lastError: { code: 'BUNDLE_ADDRESS_REFUSED' } })
    })
  })
})
