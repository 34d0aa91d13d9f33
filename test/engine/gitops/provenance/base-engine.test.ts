import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { judgeWithBase } from '../../../../engine/gitops/provenance/base-engine.ts'
import { type House, startHouse } from '../../../helpers/gitops/house.ts'

/** An engine that gives this verdict of whatever it is asked about, and says what it was asked. */
const engine = (verdict: object, code = 0): Record<string, string> => ({
  'engine/alcada.mjs': `process.stderr.write(process.argv.slice(2).join(' '))
process.stdout.write(${JSON.stringify(JSON.stringify(verdict))})
process.exitCode = ${code}
`,
})
const RED = {
  findings: [
    { code: 'ROLE_UNKNOWN', severity: 'error', file: 'policies/omie/rbac.yaml', line: 3, message: 'no such role' },
  ],
  risk: { class: 'widening', reasons: ['1 change lets somebody do more'] },
}
const GREEN = { findings: [], risk: { class: 'neutral', reasons: ['nothing changed'] } }

let house: House
beforeAll(async () => {
  house = await startHouse({ files: { ...engine(RED, 3), 'package.json': '{"name":"policies","private":true}\n' } })
})
afterAll(() => house.stop())

const judge = async (before: string, after: string) =>
  judgeWithBase({
    ...{ root: house.runner.folder, before, after, running: after, opa: inject('compiler') },
    env: { PATH: process.env['PATH'] ?? '' },
    onProgress: () => undefined,
  })

describe('a change of the engine', () => {
  test('is judged by the engine of the commit before it, whatever its own says', async () => {
    const after = await house.runner.commit('A gate that finds nothing', engine(GREEN))
    expect(await judge(house.began, after)).toEqual(RED)
  })

  test('from whose base no verdict can be had is refused, with what to do', async () => {
    const before = await house.runner.commit('Broken', engine({}, 1))
    const after = await house.runner.commit('Mended', engine(GREEN))
    await expect(judge(before, after)).rejects.toMatchObject({
      code: 'GATE_RED',
      message: expect.stringContaining('a change that needs a newer engine is published after that engine was'),
    })
  })

  test('from whose base something else than a verdict comes is refused', async () => {
    const before = await house.runner.commit('Talkative', engine({ findings: 'none' }))
    const after = await house.runner.commit('Mended again', engine(GREEN))
    await expect(judge(before, after)).rejects.toThrow('it gives no verdict')
  })
})

test('what leaves the engine as it is is judged by the one that runs', async () => {
  const before = await house.runner.git('rev-parse', 'HEAD')
  const after = await house.runner.commit('Widen', { 'README.md': 'More words\n' })
  expect(await judge(before, after)).toMatchObject({ findings: [], risk: { class: 'neutral' } })
})
