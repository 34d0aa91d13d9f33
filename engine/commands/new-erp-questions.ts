import { createInterface, type Interface } from 'node:readline/promises'

/** What is asked for, and why an answer cannot be taken. */
export interface Ask {
  question: string
  /** Taken when nothing is answered. */
  otherwise?: string | undefined
  fault(answer: string): string | null
}

/** Asks on the terminal, one question after the other; an answer that cannot be taken is asked for again. */
export interface Questions {
  /** @throws Error when the person gives up (Ctrl-C, Ctrl-D) */
  ask(ask: Ask): Promise<string>
  close(): void
}

export function openQuestions(): Questions {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  const gone = new AbortController()
  terminal.on('close', () => gone.abort())
  terminal.on('SIGINT', () => terminal.close())
  return {
    async ask(one) {
      for (;;) {
        const answer = (await answered(terminal, one, gone.signal)).trim() || (one.otherwise ?? '')
        const fault = one.fault(answer)
        if (fault === null) return answer
        process.stderr.write(`  ${fault}\n`)
      }
    },
    close: () => terminal.close(),
  }
}

async function answered(terminal: Interface, { question, otherwise }: Ask, signal: AbortSignal): Promise<string> {
  const shown = otherwise === undefined || otherwise === '' ? '' : ` [${otherwise}]`
  try {
    return await terminal.question(`${question}${shown}: `, { signal })
  } catch (error) {
    process.stderr.write('\n')
    throw new Error('given up: nothing was written', { cause: error })
  }
}
