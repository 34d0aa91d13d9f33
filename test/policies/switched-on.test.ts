import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { openPolicyCompiler, type PolicyCompiler } from '../../engine/compile/compile.ts'
import type { Config } from '../../engine/contract/config.ts'
import { type Guards, NO_GUARDS } from '../../engine/contract/config-guards.ts'
import { SENSITIVE_KINDS } from '../../engine/contract/vocabulary.ts'
import type { CheckedErp } from '../../engine/validate/checked.ts'
import { checkedErp } from '../engine/compile/project.ts'

let compiler: PolicyCompiler
beforeAll(async () => {
  compiler = await openPolicyCompiler({ compiler: inject('compiler') })
})
afterAll(() => compiler.close())

type Rbac = Config['rbac']
type Security = Config['security']

const guard =
  (name: keyof Guards) =>
  ({ security, ...rest }: Config): Config => ({
    ...rest,
    security: { ...security, guards: { ...NO_GUARDS, ...security.guards, [name]: null } },
  })
const rbac =
  (change: (rbac: Rbac) => Partial<Rbac>) =>
  (config: Config): Config => ({ ...config, rbac: { ...config.rbac, ...change(config.rbac) } })
const security =
  (change: (security: Security) => Partial<Security>) =>
  (config: Config): Config => ({ ...config, security: { ...config.security, ...change(config.security) } })

/** Each policy as it would be if the YAML of an ERP left it out. */
const LEFT_OUT: Readonly<Record<string, (config: Config) => Config>> = {
  'the alçada': rbac(({ alcada }) => ({
    alcada: {
      ...alcada,
      settle: [{ up_to: Number.MAX_SAFE_INTEGER, currency: 'BRL', approvers: 0, roles: [], when: null }],
    },
  })),
  'the total of the day that one decides alone': rbac(({ alcada }) => ({
    alcada: { ...alcada, settle: (alcada.settle ?? []).map((band) => ({ ...band, when: null })) },
  })),
  totals: rbac(() => ({ totals: null })),
  'separation of duties': rbac(() => ({ duties: null })),
  'the freeze of bank data': guard('bank_freeze'),
  'the hold of payments after it': security(({ guards }) => {
    const { bank_freeze = null } = guards ?? {}
    return {
      guards: { ...NO_GUARDS, ...guards, bank_freeze: bank_freeze === null ? null : { ...bank_freeze, hold_ms: 0 } },
    }
  }),
  'no deletes': guard('deletes'),
  'the period lock': guard('period_lock'),
  masking: security(() => ({
    clear_for: Object.fromEntries(SENSITIVE_KINDS.map((kind) => [kind, ['viewer', 'operator', 'admin']])),
  })),
  'the cap of exports': guard('export'),
  duplicates: guard('duplicates'),
  hours: guard('hours'),
  'fiscal effects, which nobody has': security(({ forbidden_effects }) => ({
    forbidden_effects: forbidden_effects.filter((effect) => effect !== 'fiscal'),
  })),
}

/** A contact of Bling has no bank data: nothing is to be frozen there. */
const OF_BANK_DATA = ['the freeze of bank data', 'the hold of payments after it']

describe.each(['omie', 'nibo', 'tryton', 'bling'])('the table of %s notices when its YAML leaves out', (name) => {
  let checked: CheckedErp
  beforeAll(async () => {
    checked = await checkedErp(name)
    expect((await compiler.compileErp(checked, { checks: 'fast' })).findings).toEqual([])
  })

  const left = Object.entries(LEFT_OUT).filter(([policy]) => name !== 'bling' || !OF_BANK_DATA.includes(policy))
  test.each(left)('%s', async (_policy, without) => {
    const { findings } = await compiler.compileErp({ ...checked, config: without(checked.config) }, { checks: 'fast' })
    expect(findings.map(({ code }) => code)).toContain('DECISION_DIFFERS')
  })
})
