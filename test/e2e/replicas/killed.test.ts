import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openAudit } from '../../../servers/state/audit.ts'
import { type Ran, runAlcada } from '../../helpers/alcada/command.ts'
import { type Line, openLine } from '../../helpers/line/line.ts'
import { type Database, databases } from '../../helpers/state/databases.ts'

const PAY = 'LancarPagamento'
const PAYMENT = { payable_id: '2701001', account_id: '2243121', amount: 89.9, date: '2026-11-25', reference: 'K-1' }

describe.each(databases)('a process that is killed between an entry and its end, in $name', ({ missing, start }) => {
  describe.skipIf(missing !== null)('leaves an outcome that nobody knows', () => {
    let database: Database
    let line: Line
    beforeAll(async () => {
      database = await start()
      const { databaseUrl } = await database.fresh()
      const env: Record<string, string> = databaseUrl === null ? {} : { ALCADA_DATABASE_URL: databaseUrl }
      line = await openLine({ erp: 'omie', standIn: { limitFactor: 1_000 }, env })
    })
    afterAll(async () => {
      await line?.stop()
      await database?.stop()
    })

    const audit = (...args: string[]): Promise<Ran> => {
      const { ALCADA_STATE_DIR = '', ALCADA_DATABASE_URL } = line.alcada.env
      return runAlcada(['--root', line.alcada.project.root, 'audit', ...args], {
        ALCADA_STATE_DIR,
        ...(ALCADA_DATABASE_URL === undefined ? {} : { ALCADA_DATABASE_URL }),
      })
    }
    /** Entries whose outcome nobody knows, looked at beside the running server. */
    async function unknown(): Promise<string[]> {
      const { ALCADA_STATE_DIR: path = '', ALCADA_DATABASE_URL: databaseUrl = null } = line.alcada.env
      const looked = openAudit({ path, erp: 'omie', databaseUrl })
      return looked.unknown().finally(() => looked.close())
    }

    let entry = ''
    test('it is listed once the process is gone, and not while it runs', async () => {
      line.standIn.failNext({ operation: PAY, delayMs: 20_000 })
      const cut = line.call('operator', 'create_payment', PAYMENT).catch(() => null)
      while (line.received(PAY) === 0) await setTimeout(5)
      expect(await unknown()).toEqual([])
      const again = line.alcada.restart({ hard: true })
      await cut
      await again
      // Its lease has to run out where another process might be the one that runs it.
      while ((await unknown()).length === 0) await setTimeout(200)
      const [found = ''] = await unknown()
      entry = found
      expect((await audit('search', 'omie', '--what', 'unknown')).out).toContain(
        `${entry}  unknown never_closed  create_payment  agent-1 for u17  12345678000195\n`,
      )
    })

    test('it is never run again: not by a repeat, not by a restart', async () => {
      for (let round = 0; round < 2; round += 1) {
        const told = await Promise.all([1, 2, 3, 4, 5].map(() => line.call('operator', 'create_payment', PAYMENT)))
        for (const { refusal } of told) {
          expect(refusal).toMatchObject({ error: { code: 'outcome_unknown' }, alcada: { retry: 'never' } })
          expect(refusal?.error.message).toContain(entry)
        }
        await line.alcada.restart()
      }
      expect(line.received(PAY)).toBe(1)
    })

    test('a person who found out ends it, and it is listed no more', async () => {
      const word = ['--done', '--reason', 'on the bank statement', '--by', 'u90']
      expect((await audit('resolve', entry, ...word)).code).toBe(0)
      expect(await unknown()).toEqual([])
      expect((await line.call('operator', 'create_payment', PAYMENT)).refusal?.error.code).toBe('already_done')
      expect(line.received(PAY)).toBe(1)
      expect((await audit('verify', 'omie')).code).toBe(0)
    })
  })
})
