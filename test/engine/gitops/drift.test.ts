import { expect, test } from 'vitest'
import { type DriftOptions, driftOf, type ServerHealth } from '../../../engine/gitops/drift.ts'

const NOW = Date.UTC(2026, 10, 25)
const same = 'a'.repeat(64)
const other = 'b'.repeat(64)
const healthy: ServerHealth = { status: 'enforcing', revision: 7, bundle: { digest: same } }
const claims = { revision: 7, exp: NOW / 1_000 + 20 * 86_400 }

const drift = (changes: Partial<DriftOptions> = {}, health: ServerHealth | null = healthy): string[] =>
  driftOf({
    ...{ erp: 'omie', main: same, published: { digest: same, claims }, nowMs: NOW },
    servers: [{ url: 'https://omie.example', health }],
    ...changes,
  })

test('nothing drifts where every server enforces what main says', () => {
  expect(drift()).toEqual([])
})

test.each<[string, string[], string]>([
  ['nothing was published', drift({ published: null }), 'omie: nothing is published'],
  ['main went on', drift({ main: other }), 'omie: main says other than revision 7, which is published'],
  ['main gave the ERP up', drift({ main: null }), 'omie: revision 7 is published, and main does not have omie'],
  [
    'the bundle ends within a week',
    drift({ published: { digest: same, claims: { ...claims, exp: NOW / 1_000 + 7 * 86_400 - 1 } } }),
    'omie: revision 7 is good only until 2026-12-01T23:59:59.000Z',
  ],
  ['no server answers', drift({}, null), 'omie at https://omie.example: no server answers'],
  [
    'a server has an older revision',
    drift({}, { ...healthy, revision: 6 }),
    'omie at https://omie.example: revision 6 is enforced, and revision 7 is published',
  ],
  [
    'a server has other content under the same number',
    drift({}, { ...healthy, bundle: { digest: other } }),
    'omie at https://omie.example: other content is enforced than that of revision 7 in the channel',
  ],
  [
    'a server enforces nothing',
    drift({}, { status: 'denying', revision: null, bundle: null }),
    'omie at https://omie.example: nothing is enforced, and everything is denied',
  ],
  [
    'a server cannot take what is newest',
    drift({}, { ...healthy, status: 'degraded' }),
    'omie at https://omie.example: it is degraded: see its /health',
  ],
])('%s', (_what, found, sentence) => {
  expect(found).toEqual([sentence])
})

test('an emergency rollback is drift until main says so too', () => {
  const rollback = { to: 5, from: { revision: 6, digest: other }, reason: 'duplicates', original: 't', request: 't' }
  expect(drift({ main: other, published: { digest: same, claims: { ...claims, rollback } } })).toEqual([
    'omie: revision 7 took main back in an emergency (duplicates)',
  ])
})
