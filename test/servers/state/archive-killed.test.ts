import { spawnSync } from 'node:child_process'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from 'vitest'
import { openAudit } from '../../../servers/state/audit.ts'
import { ownCheckpointKey } from '../../../servers/state/checkpoint-key.ts'
import { stateFolder } from '../../helpers/state/databases.ts'
import { aged, pay } from './aged.ts'
import { payment } from './fixtures.ts'

const program = fileURLToPath(new URL('./archive-killed.ts', import.meta.url))

function archive(path: string, ...args: string[]): { signal: string | null; out: string } {
  const { signal, stdout, stderr } = spawnSync(process.execPath, [program, path, ...args], { encoding: 'utf8' })
  if (signal === null && stderr !== '') throw new Error(stderr)
  return { signal, out: stdout }
}

async function seqs(path: string): Promise<number[]> {
  const audit = openAudit({ path, erp: 'omie', databaseUrl: null })
  const key = ownCheckpointKey(path)
  const evidence = { replica: '', keys: key === null ? [] : [key], anchored: null }
  expect(await audit.verify(evidence, join(path, 'archive'))).toMatchObject({ ok: true })
  const found: number[] = []
  for await (const { seq } of audit.rows('', join(path, 'archive'))) found.push(seq)
  await audit.close()
  return found
}

/** Four payments, 2000 days ago. */
async function old(): Promise<() => string> {
  const whole = stateFolder()
  const { state } = await aged({ path: whole })
  await pay(state, 'A', 'B', 'C', 'D')
  await state.stop()
  return () => {
    const path = stateFolder()
    cpSync(whole, path, { recursive: true })
    return path
  }
}

async function knowsTheRepeat(path: string): Promise<void> {
  const { state } = await aged({ path }, 2_000)
  expect(await state.open(payment({ reference: 'A' }))).toMatchObject({ repeat: { state: 'done' } })
  await state.stop()
}

/** Days of the trail: what is 2000 days old is kept, or its time is over. */
const [KEPT, OVER] = ['2100', '1900']
/** Plan, rows, close, look, prune, plan, removals. */
const STEPS = [1, 2, 3, 4, 5, 6, 7]
let copy: () => string
beforeAll(async () => {
  copy = await old()
})

test('undisturbed it takes so many steps, and one more where an archive is over', async () => {
  const path = copy()
  expect(archive(path, KEPT).out).toBe(`${STEPS.length}`)
  expect(await seqs(path)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
  expect(archive(copy(), OVER).out).toBe(`${STEPS.length + 1}`)
})

test.each(STEPS)(
  'killed at step %i of archiving, nothing is lost, and the next turn goes on to the same end',
  async (step) => {
    const path = copy()
    expect(archive(path, KEPT, String(step), step % 2 === 0 ? 'before' : 'after').signal).toBe('SIGKILL')
    expect((await seqs(path)).slice(0, 8)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(archive(path, KEPT).signal).toBeNull()
    expect(await seqs(path)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
    await knowsTheRepeat(path)
  },
)

test.each([7, 8])(
  'killed at step %i, removing an archive, the next turn ends what was begun, and the entry stands once',
  async (step) => {
    const path = copy()
    expect(archive(path, OVER, String(step), 'after').signal).toBe('SIGKILL')
    await seqs(path)
    expect(archive(path, OVER).signal).toBeNull()
    expect(await seqs(path)).toEqual([9, 10])
    await knowsTheRepeat(path)
  },
)
