import { expect, test } from 'vitest'
import { carryOver, headIn, isServed } from '../../../servers/state/carry-over.ts'
import { openDatabase } from '../../../servers/state/sqlite-database.ts'
import { stateFolder } from '../../helpers/state/databases.ts'
import { aged, pay } from './aged.ts'

test('stops, what is used up and failures that a backup does not know are added; its own stay as they are', () => {
  const [current, restored] = [openDatabase(stateFolder(), 1_000), openDatabase(stateFolder(), 1_000)]
  const stop = "INSERT INTO overlay (id, sequence, digest, until_ms, ended_ms, body) VALUES (?, ?, 'd', 99, ?, '{}')"
  // Ended since: ending it again takes two persons.
  current.prepare(stop).run('known', 1, 50)
  restored.prepare(stop).run('known', 1, null)
  current.prepare(stop).run('new', 2, null)
  current.exec("INSERT INTO used_once VALUES ('once', 99)")
  current.exec("INSERT INTO lockouts VALUES ('127.0.0.1', 'agent-1', 3, 7)")
  carryOver(current, restored)
  expect(restored.prepare('SELECT id, ended_ms FROM overlay ORDER BY id').all()).toMatchObject([
    { id: 'known', ended_ms: null },
    { id: 'new', ended_ms: null },
  ])
  expect(restored.prepare('SELECT digest FROM used_once').all()).toMatchObject([{ digest: 'once' }])
  expect(restored.prepare('SELECT failures FROM lockouts').all()).toMatchObject([{ failures: 3 }])
})

test('a server shows in its database while it lives, and the chain shows its end', async () => {
  const path = stateFolder()
  const { state } = await aged({ path })
  const database = openDatabase(path, 1_000)
  expect([isServed(database), headIn(database)]).toEqual([true, null])
  await pay(state, 'A')
  expect(headIn(database)).toMatchObject({ seq: 2 })
  await state.stop()
  expect(isServed(database)).toBe(false)
  database.close()
})
