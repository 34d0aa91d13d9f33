import { parentPort } from 'node:worker_threads'
import { decidePair } from './decide.ts'
import type { ShareReply, ShareRequest } from './threads.ts'

// Each share is decided in a thread of its own: both at once, and a policy that does not come to an end can be ended.
parentPort?.on('message', ({ id, pair, work, progress }: ShareRequest) => {
  const decided = new Int32Array(progress)
  const reply = (answer: ShareReply): void => parentPort?.postMessage(answer)
  decidePair(pair, work, (count) => Atomics.store(decided, 0, count))
    .then((answers) => reply({ id, answers, error: null }))
    .catch((error: unknown) =>
      reply({ id, answers: null, error: error instanceof Error ? error.message : String(error) }),
    )
})
