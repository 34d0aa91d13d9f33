import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { developmentKeys } from '../../../engine/access/development-keys.ts'
import { overlayTokens, unverifiedOverlay } from '../../../engine/contract/overlay-verify.ts'
import { copyProject, type TestProject } from '../../helpers/alcada/project.ts'
import { type Ended, runAlcada } from '../../helpers/alcada/revoke.ts'

let project: TestProject
beforeEach(() => {
  project = copyProject(['omie', 'nibo'])
})
afterEach(() => project.remove())

const revoke = (...args: string[]): Promise<Ended> => runAlcada(project.root, ['revoke', ...args])
const ENOUGH = ['--until', '2h', '--reason', 'chave vazada']
const listed = (erp: string): string[] => {
  const file = join(project.root, '.alcada/channel', erp, 'overlays.json')
  return existsSync(file) ? overlayTokens(readFileSync(file, 'utf8')) : []
}

test.each([
  ['nothing to stop', ['omie', ...ENOUGH], /expected what to stop/],
  ['no ERP', ['--caller', 'a', ...ENOUGH], /expected what to stop|missing required argument/],
  ['no end', ['omie', '--caller', 'a', '--reason', 'porque'], /--until/],
  ['no reason', ['omie', '--caller', 'a', '--until', '2h'], /--reason/],
  ['longer than seven days', ['omie', '--caller', 'a', '--until', '8d', '--reason', 'porque'], /within seven days/],
  ['no time at all', ['omie', '--caller', 'a', '--until', 'tomorrow', '--reason', 'porque'], /within seven days/],
  ['a moment gone by', ['omie', '--all', '--until', '2020-01-01T00:00:00Z', '--reason', 'porque'], /within seven days/],
  ['no effect', ['omie', '--effect', 'pay', ...ENOUGH], /Allowed choices/],
  ['no CNPJ', ['omie', '--company', '123', ...ENOUGH], /expected a CNPJ/],
  ['a reason too short', ['omie', '--caller', 'a', '--until', '2h', '--reason', 'x'], /reason/],
])('%s is wrong usage, and nothing is published', async (_name, args, words) => {
  await developmentKeys(join(project.root, '.alcada'))
  const { code, err, out } = await revoke(...args)
  expect([code, out]).toEqual([2, ''])
  expect(err).toMatch(words)
  expect([...listed('omie'), ...listed('a')]).toEqual([])
})

test('without a revocation key it says how to make one', async () => {
  const { code, err } = await revoke('omie', '--all', ...ENOUGH)
  expect(code).toBe(1)
  expect(err).toContain('alcada keys new --use revocation')
})

test('each ERP gets its own, later ones are added above, and git takes the patch', async () => {
  await developmentKeys(join(project.root, '.alcada'))
  const first = await revoke('omie', 'nibo', '--caller', 'agent-7', '--effect', 'settle', 'delete', ...ENOUGH)
  expect(first.code).toBe(0)
  expect(first.out).toMatch(/^omie: overlay \d+ is published and holds until /)
  const { code, out } = await revoke(
    'omie',
    '--person',
    'u17',
    '--until',
    '7d',
    '--reason',
    'fraude',
    '--format',
    'json',
  )
  expect(code).toBe(0)
  const [told] = JSON.parse(out).overlays
  const overlays = listed('omie').map(unverifiedOverlay)
  expect(overlays.map(({ erp, stops, reason }) => ({ erp, stops, reason }))).toEqual([
    { erp: 'omie', stops: { callers: ['agent-7'], effects: ['settle', 'delete'] }, reason: 'chave vazada' },
    { erp: 'omie', stops: { persons: ['u17'] }, reason: 'fraude' },
  ])
  expect(told.sequence).toBe(overlays[1]?.sequence)
  expect(told.sequence).toBeGreaterThan(overlays[0]?.sequence ?? 0)
  expect(listed('nibo')).toHaveLength(1)
  execFileSync('git', ['init', '-q'], { cwd: project.root })
  execFileSync('git', ['apply', told.patch], { cwd: project.root })
  expect(project.read('policies/omie/rbac.yaml')).toContain('  revoked: # fraude\n    persons: [u17]\n')
  expect(project.read('policies/omie/rbac.yaml')).toContain('# Who may do what')
})

test('personal values in the reason reach neither the channel nor the pull request, and the person on call hears it', async () => {
  await developmentKeys(join(project.root, '.alcada'))
  const reason = 'pix 529.982.247-25 vazou'
  const args = ['--caller', 'agent-7', '--until', '2h', '--reason', reason, '--format', 'json']
  const { code, out, err } = await revoke('omie', ...args)
  expect(code).toBe(0)
  expect(err).toBe('alcada: personal values were taken out of the reason: `pix ***.982.247-** vazou`\n')
  expect(listed('omie').map((token) => unverifiedOverlay(token).reason)).toEqual(['pix ***.982.247-** vazou'])
  const [told] = JSON.parse(out).overlays
  expect(told.reason).toBe('pix ***.982.247-** vazou')
  expect(readFileSync(told.patch, 'utf8')).toContain('# pix ***.982.247-** vazou')
})

test('its help says that it only ever narrows', async () => {
  const { code, out } = await revoke('--help')
  expect(code).toBe(0)
  expect(out).toContain('only ever narrows')
})
