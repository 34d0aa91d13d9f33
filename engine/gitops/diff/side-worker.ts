import { parentPort } from 'node:worker_threads'
import { decideCases } from './decide.ts'
import type { SideReply, SideRequest } from './threads.ts'

// Each side decides in a thread of its own: both at once, and a policy that does not come to an end can be ended.
parentPort?.on('message', ({ id, source, work, progress }: SideRequest) => {
  const decided = new Int32Array(progress)
  const reply = (answer: SideReply): void => parentPort?.postMessage(answer)
  decideCases(source, work, (count) => Atomics.store(decided, 0, count))
    .then((answers) => reply({ id, answers, error: null }))
    .catch((error: unknown) =>
      reply({ id, answers: null, error: error instanceof Error ? error.message : String(error) }),
    )
})
