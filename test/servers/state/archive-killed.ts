// A process that archives and dies, as by a power cut, at the n-th thing it asks of the database.
import { join } from 'node:path'
import { archiving } from '../../../servers/state/archiving.ts'
import { checkpointSigner } from '../../../servers/state/checkpoint-key.ts'
import { startCheckpoints } from '../../../servers/state/checkpoints.ts'
import { startSqlite } from '../../../servers/state/sqlite-client.ts'
import type { Store } from '../../../servers/state/store.ts'
import { DAY, RULES, SELDOM } from './aged.ts'
import { WEDNESDAY } from './fixtures.ts'

const [path = '', days = '', nth = '0', moment = 'before'] = process.argv.slice(2)
const now = (): number => WEDNESDAY + 2_000 * DAY
const place = { erp: 'omie', replica: '', instance: 'doomed', leaseMs: 10_000 }
const real = await startSqlite({ ...place, path, busyTimeoutMs: 5_000, heapMb: 256, onHealth: () => undefined })
let count = 0
const store: Store = {
  ...real,
  async ask(name, input) {
    count += 1
    const last = count === Number(nth)
    if (last && moment === 'before') process.kill(process.pid, 'SIGKILL')
    const answer = await real.ask(name, input)
    if (last) process.kill(process.pid, 'SIGKILL')
    return answer
  },
}
const signer = checkpointSigner(path, null)
const checkpoints = startCheckpoints({
  ...{ store: real, signer, erp: 'omie', replica: '', anchors: [], now, onError: () => undefined },
  everyMs: SELDOM.everyMs,
  everyEntries: SELDOM.everyEntries,
})
const options = { store, folder: join(path, 'archive'), now, anchors: [], receivers: [], most: 8 }
await archiving({ ...options, checkpoint: checkpoints.now })({ ...RULES, trail_days: Number(days) })
process.stdout.write(`${count}`)
await checkpoints.stop()
await real.stop()
