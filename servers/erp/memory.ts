import type { ErpOutcome } from './outcome.ts'

export interface MemoryOptions {
  now: () => number
  /** Longest time an answer is kept, in milliseconds. 0: nothing is kept. */
  keepMs: number
  /** Answers kept per company. The oldest gives way. */
  maxAnswers: number
}

/** What reads of one company have answered lately. */
export interface Memory {
  /** The answer to an identical read at most `maxAgeMs` old, or running now; otherwise that of `read`, kept. */
  answer(company: string, key: string, maxAgeMs: number, read: () => Promise<ErpOutcome>): Promise<ErpOutcome>
  /** Runs a write: what was known of the company is no more, nor what is being read meanwhile. */
  changing<T>(company: string, write: () => Promise<T>): Promise<T>
  /** Forgets what is known of the company, and what is being read. */
  forget(company: string): void
}

interface Shelf {
  answers: Map<string, { at: number; outcome: ErpOutcome }>
  running: Map<string, { at: number; answer: Promise<ErpOutcome> }>
  /** Rises with every write's begin and end. */
  epoch: number
}

export function openMemory({ now, keepMs, maxAnswers }: MemoryOptions): Memory {
  const shelves = new Map<string, Shelf>()
  const shelfOf = (company: string): Shelf => {
    const shelf = shelves.get(company) ?? { answers: new Map(), running: new Map(), epoch: 0 }
    shelves.set(company, shelf)
    return shelf
  }

  function forget(company: string): void {
    const shelf = shelfOf(company)
    shelf.epoch++
    shelf.answers.clear()
    shelf.running.clear()
  }

  async function readAndKeep(shelf: Shelf, key: string, read: () => Promise<ErpOutcome>): Promise<ErpOutcome> {
    const { epoch } = shelf
    const at = now()
    const outcome = await read()
    if (outcome.kind !== 'done' || shelf.epoch !== epoch) return outcome
    shelf.answers.delete(key)
    shelf.answers.set(key, { at, outcome })
    const [oldest] = shelf.answers.keys()
    if (shelf.answers.size > maxAnswers && oldest !== undefined) shelf.answers.delete(oldest)
    return outcome
  }

  return {
    forget,
    async answer(company, key, maxAgeMs, read) {
      if (keepMs === 0 || maxAgeMs <= 0) return keepMs === 0 ? read() : readAndKeep(shelfOf(company), key, read)
      const shelf = shelfOf(company)
      const kept = shelf.answers.get(key)
      const ageMs = kept === undefined ? Number.POSITIVE_INFINITY : now() - kept.at
      if (kept !== undefined && ageMs <= maxAgeMs && ageMs < keepMs) {
        return kept.outcome.kind === 'done' ? { ...kept.outcome, ageS: ageMs / 1000 } : kept.outcome
      }
      const running = shelf.running.get(key)
      if (running !== undefined) {
        const outcome = await running.answer
        // As old as its beginning: what has changed since may be in it or not.
        if (outcome.kind === 'done') return { ...outcome, ageS: (now() - running.at) / 1000 }
        // Who asked first may have given up; that is no answer for the others.
        if (outcome.error.kind !== 'cancelled') return outcome
      }
      const own = { at: now(), answer: readAndKeep(shelf, key, read) }
      shelf.running.set(key, own)
      try {
        return await own.answer
      } finally {
        if (shelf.running.get(key) === own) shelf.running.delete(key)
      }
    },
    async changing(company, write) {
      forget(company)
      try {
        return await write()
      } finally {
        forget(company)
      }
    },
  }
}
