import { parentPort } from 'node:worker_threads'
import { instantiatePolicy } from '../contract/evaluate.ts'
import type { TableReply, TableRequest } from './judge.ts'
import { judgeTable } from './table.ts'

// An evaluation that does not end blocks its thread for good: hence a thread of its own, which can be ended.
parentPort?.on('message', ({ id, job, wasm, progress }: TableRequest) => {
  const row = new Int32Array(progress)
  const reply = (answer: Omit<TableReply, 'id'>): void => parentPort?.postMessage({ id, ...answer })
  instantiatePolicy({ wasm, data: { config: job.checked.config }, erp: job.checked.name })
    .then((policy) =>
      reply({ judgement: judgeTable(job, policy, (index) => Atomics.store(row, 0, index)), error: null }),
    )
    .catch((error: unknown) =>
      reply({
        judgement: { findings: [], differing: [] },
        error: error instanceof Error ? error.message : String(error),
      }),
    )
})
