import { parentPort } from 'node:worker_threads'
import { instantiatePolicy } from '../contract/evaluate.ts'
import type { WorkReply, WorkRequest } from './judge.ts'
import { wasmAnswers } from './parity/wasm.ts'
import { judgeTable } from './table.ts'

// An evaluation that does not end blocks its thread for good: hence a thread of its own, which can be ended.
parentPort?.on('message', ({ id, work, wasm, progress }: WorkRequest) => {
  const current = new Int32Array(progress)
  const onStep = (index: number): void => void Atomics.store(current, 0, index)
  done(work, wasm, onStep)
    .catch((error: unknown) => ({ error: error instanceof Error ? error.message : String(error) }))
    .then((reply) => parentPort?.postMessage({ id, ...reply } satisfies WorkReply))
})

async function done(
  work: WorkRequest['work'],
  wasm: WorkRequest['wasm'],
  onStep: (index: number) => void,
): Promise<Omit<WorkReply, 'id'>> {
  if (work.kind === 'answers') return { answers: await wasmAnswers(work.job, wasm, onStep) }
  const { name, config } = work.job.checked
  const policy = await instantiatePolicy({ wasm, data: { config }, erp: name })
  return { judgement: judgeTable(work.job, policy, onStep) }
}
