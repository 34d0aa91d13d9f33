import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PersonalSeen } from '../../../engine/contract/personal/seen.ts'
import { openState, type State } from '../../../servers/state/state.ts'
import { type Database, databases, type Place } from '../../helpers/state/databases.ts'
import { SELDOM } from '../../servers/state/aged.ts'
import { AURORA, DONE, payment, paymentInput, WEDNESDAY } from '../../servers/state/fixtures.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const CPF = '529.982.247-25'

const seen = (clear: boolean, ...subjects: string[]): PersonalSeen => {
  return { field: '/*/document', kind: 'document', clear, rows: subjects.length, subjects: new Set(subjects) }
}

describe.each(databases)('the register in $name', ({ missing, start }) => {
  describe.skipIf(missing !== null)('by command', () => {
    let database: Database
    let place: Place
    let request = ''
    beforeAll(async () => {
      database = await start()
      place = await database.fresh()
      // Two replicas share a database; of one in a folder there is one.
      for (const replica of place.databaseUrl === null ? [''] : ['a', 'b']) {
        const shared = replica === '' ? {} : { replica, maskKeyFile: join(place.path, 'mask.key') }
        if (replica === 'a')
          await (await openState({ ...place, erp: 'omie', now: () => WEDNESDAY, replica, checkpoint: SELDOM })).stop()
        const state = await openState({ ...place, erp: 'omie', now: () => WEDNESDAY, checkpoint: SELDOM, ...shared })
        await done(state, `A${replica}`, [seen(true, 'cpf:52998224725', 'cpf:11144477735')])
        await done(state, `B${replica}`, [seen(false, 'cpf:52998224725')])
        await done(state, `C${replica}`, [seen(true, 'cpf:11144477735')])
        if (replica !== 'a') request = await looked(state)
        await state.stop()
      }
    })
    afterAll(() => database.stop())

    async function done(state: State, reference: string, personal: PersonalSeen[]): Promise<void> {
      const opened = await state.open(payment({ reference }))
      if (opened.kind === 'opened') await state.close(opened.entry, { ...DONE, personal })
    }

    /** A payment above the limit, asked for, looked at by an approver and approved. */
    async function looked(state: State): Promise<string> {
      const input = paymentInput({ amount: 500_000, reference: 'D' })
      const { caller, facts, args } = input
      const asked = await state.approvals.ask({
        binding: {
          ...{ caller, company: AURORA, tool: 'create_payment', catalogue: 'x' },
          ...{ effect: 'settle', permission: 'write', args, facts },
        },
        asked: { count: 1, roles: ['approver'] },
        sealed: {
          ...{
            args,
            before: null,
            resolved: { payable: { id: '1', vendor_name: 'Ana Souza', description: `pagar ${CPF}` } },
          },
          identity: { caller, companies: [AURORA], rolesClaimed: true, tokenId: null },
        },
        ...{ input, expiresS: 3_600, substitutes: {}, request: 'r', revision: 7, bundle: 'x' },
        decision: {
          ...{ effect: 'require_approval', reasons: [], approval: { count: 1, roles: ['approver'] }, mask: [] },
          ...{ permission: 'write', granted: true },
        },
      })
      const approver = { ...caller, id: 'u40', person: 'u40', kind: 'human' as const, roles: ['approver'] }
      await state.approvals.view(asked.request.id, approver)
      return asked.request.id
    }

    function audit(input: string, ...args: string[]): string {
      const databaseUrl = place.databaseUrl === null ? {} : { ALCADA_DATABASE_URL: place.databaseUrl }
      const env = { PATH: process.env['PATH'] ?? '', ALCADA_STATE_DIR: place.path, ...databaseUrl }
      const command = [join(root, 'engine', 'cli.ts'), '--root', root, 'audit', ...args]
      const { stdout, stderr } = spawnSync(process.execPath, command, { env, input, encoding: 'utf8' })
      expect(stderr).toBe('')
      return stdout
    }

    test('who saw a person is told of every replica, those who looked at a request among them', () => {
      const { sightings } = JSON.parse(audit(`${CPF}\n`, 'subject', 'omie', '--format', 'json'))
      const told = sightings.map(
        ({ person, by, fields }: { person: string; by: string; fields: { clear: boolean }[] }) => [
          person,
          by,
          fields[0]?.clear,
        ],
      )
      const ofOne = [
        ['u17', 'answer', true],
        ['u17', 'answer', false],
      ]
      expect(told).toHaveLength(place.databaseUrl === null ? 3 : 5)
      expect(told).toEqual(expect.arrayContaining([...ofOne, ['u40', 'approval', true]]))
      expect(request).not.toBe('')
      expect(audit('Ana Souza', 'subject', 'omie')).toContain('request for create_payment  u40')
    })

    test('an incident counts the persons whose data was shown clear', () => {
      const range = ['--from', '2026-11-25', '--to', '2026-11-26', '--known', '2026-11-27', '--format', 'json']
      expect(JSON.parse(audit('', 'incident', 'omie', ...range, '--caller', 'agent-1'))).toMatchObject({
        subjects: { at_least: 2, at_most: 2 },
        categories: [{ kind: 'document', clear: { different: 2 }, masked: { different: 1 }, fields: ['/*/document'] }],
        deadlines: { notice: '2026-12-02' },
      })
      expect(JSON.parse(audit('', 'incident', 'omie', ...range, '--caller', 'u40'))).toMatchObject({
        subjects: { at_least: 1 },
        callers: ['u40'],
      })
    })

    test('a month adds up what was settled by company, agent, person and counterparty', () => {
      const calls = place.databaseUrl === null ? 3 : 6
      const { rows } = JSON.parse(
        audit('', 'report', 'omie', '--month', '2026-11', '--out', place.path, '--format', 'json'),
      )
      expect(rows).toMatchObject([
        {
          ...{ erp: 'omie', company: AURORA, agent: 'agent-1', person: 'u17', counterparty: '9' },
          ...{ calls, settled: calls * 90_000, unknown: 0, approvers: [], refusals: 0 },
        },
      ])
      expect(
        JSON.parse(audit('', 'report', 'omie', '--month', '2026-10', '--out', place.path, '--format', 'json')).rows,
      ).toEqual([])
    })
  })
})
