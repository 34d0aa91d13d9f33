import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { stateFolder } from '../../helpers/state/databases.ts'
import { aged, pay, RULES } from './aged.ts'

test('an archive holds at most a day, however late it is written', async () => {
  const path = stateFolder()
  const world = await aged({ path })
  for (const day of [0, 1, 40]) {
    world.day = day
    await pay(world.state, `${day}`)
  }
  world.day = 200
  await world.state.archive(RULES)
  await world.state.stop()
  expect(readdirSync(join(path, 'archive', 'omie', '_')).sort()).toEqual([
    '000000001-000000002.jsonl.gz',
    '000000003-000000004.jsonl.gz',
    '000000005-000000006.jsonl.gz',
  ])
})
