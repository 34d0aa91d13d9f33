import { afterEach, beforeAll, inject } from 'vitest'
import type { Identity } from '../../../servers/identity/identity.ts'
import type { ActivePolicy } from '../../../servers/policy/status.ts'
import type { RequestDeps } from '../../../servers/request/deps.ts'
import { identity, omiePolicy, startWorld, type World } from './world.ts'

export const operator: Identity = identity('operator')
export const viewer: Identity = identity('viewer')
export const admin: Identity = identity('admin')

/** For a test file: the policy compiled once, and every world that a test starts closed behind it. */
export function useWorlds(): { policy: () => ActivePolicy; start: (changes?: Partial<RequestDeps>) => Promise<World> } {
  let policy: ActivePolicy | null = null
  const worlds: World[] = []
  const compiled = (): ActivePolicy => {
    if (policy === null) throw new Error('expected the policy to be compiled')
    return policy
  }
  beforeAll(async () => {
    policy = await omiePolicy(inject('compiler'))
  })
  afterEach(async () => {
    for (const world of worlds.splice(0)) await world.close()
  })
  return {
    policy: compiled,
    start: async (changes = {}) => {
      const world = await startWorld(compiled(), changes)
      worlds.push(world)
      return world
    },
  }
}
