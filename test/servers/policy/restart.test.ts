import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { folderSource } from '../../../engine/channel/folder.ts'
import { forgeBundle } from '../../helpers/forge/bundle.ts'
import { forgeChannel } from '../../helpers/forge/channel.ts'
import { forgeKey, trustOf } from '../../helpers/forge/key.ts'
import { policyServers } from '../../helpers/forge/policy-server.ts'
import { needs } from '../../helpers/needs.ts'

const opa = needs('opa')

describe.skipIf(opa.missing !== null)('a server', () => {
  const servers = policyServers()

  describe('across a restart', () => {
    test('the revision is remembered: a lower one is refused and the last good bundle is enforced', async () => {
      await servers.put(7)
      await (await servers.start()).stop()
      await servers.put(6)
      const holder = await servers.start()
      expect(holder.status()).toMatchObject({
        state: 'degraded',
        revision: 7,
        lastError: { code: 'BUNDLE_ROLLED_BACK', message: 'expected revision 7 or above, got 6' },
      })
    })

    test('the last good bundle is enforced where the channel is gone', async () => {
      await servers.put(7)
      await (await servers.start()).stop()
      rmSync(servers.place().path)
      const holder = await servers.start()
      expect(holder.status()).toMatchObject({
        state: 'degraded',
        revision: 7,
        lastError: { code: 'BUNDLE_UNAVAILABLE' },
      })
    })

    test('the last good bundle is verified like any other: not by a key that is no longer trusted', async () => {
      await servers.put(7)
      await (await servers.start()).stop()
      rmSync(servers.place().path)
      const holder = await servers.start({ trust: trustOf(forgeKey({ id: 'release-2' })) })
      expect(holder.status()).toMatchObject({ state: 'denying', revision: null })
    })

    test('a last good bundle that somebody changed is not enforced', async () => {
      await servers.put(7)
      await (await servers.start()).stop()
      rmSync(servers.place().path)
      const folder = join(servers.place().stateDir, 'policy')
      const kept = readdirSync(folder).find((name) => name.endsWith('.tar.gz')) ?? ''
      servers.place().put(await forgeBundle(servers.files(), forgeKey(), { revision: 9 }))
      writeFileSync(join(folder, kept), readFileSync(servers.place().path))
      rmSync(servers.place().path)
      expect((await servers.start()).status()).toMatchObject({ state: 'denying', revision: null })
    })

    test('a memory that cannot be read refuses everything: nobody knows which revisions were seen', async () => {
      await servers.put(7)
      await (await servers.start()).stop()
      const folder = join(servers.place().stateDir, 'policy')
      const memory = readdirSync(folder).find((name) => name.endsWith('.json')) ?? ''
      writeFileSync(join(folder, memory), '{"revision":')
      const holder = await servers.start()
      expect(holder.status()).toMatchObject({ state: 'denying', lastError: { code: 'BUNDLE_MEMORY_BROKEN' } })
    })

    test('the memory of another channel is no memory of this one', async () => {
      await servers.put(7)
      await (await servers.start()).stop()
      const other = forgeChannel()
      other.put(await forgeBundle(servers.files(), servers.key, { revision: 1 }))
      await (await servers.start({ channel: folderSource(other.channel) })).stop()
      const folder = join(servers.place().stateDir, 'policy')
      const [one, two] = readdirSync(folder).filter((name) => name.endsWith('.json'))
      const texts = [one, two].map((name) => readFileSync(join(folder, name ?? '')))
      writeFileSync(join(folder, one ?? ''), texts[1] ?? '')
      writeFileSync(join(folder, two ?? ''), texts[0] ?? '')
      const holder = await servers.start()
      expect(holder.status()).toMatchObject({ state: 'denying', lastError: { code: 'BUNDLE_MEMORY_BROKEN' } })
      other.remove()
    })

    test('numbers of another channel mean nothing here', async () => {
      await servers.put(7)
      await (await servers.start()).stop()
      const other = forgeChannel()
      other.put(await forgeBundle(servers.files(), servers.key, { revision: 1 }))
      const holder = await servers.start({ channel: folderSource(other.channel) })
      expect(holder.status()).toMatchObject({ state: 'enforcing', revision: 1 })
      other.remove()
    })
  })

  test('a bundle that could not be remembered is not enforced', async () => {
    await servers.put(7)
    writeFileSync(servers.place().stateDir, 'a file where the state folder should be')
    expect((await servers.start()).status()).toMatchObject({
      state: 'denying',
      lastError: { code: 'BUNDLE_MEMORY_BROKEN' },
    })
  })
})
