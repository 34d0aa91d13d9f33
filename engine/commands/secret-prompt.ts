import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'

export interface Question {
  name: string
  /** False: the answer is shown once it is given. */
  secret: boolean
}

const MAX_BYTES = 65_537

/**
 * Asks for values on the terminal, without an echo. What is answered with nothing is left out.
 * @throws Error when the person gives up (Ctrl-C, Ctrl-D): nothing was taken
 */
export async function promptValues(questions: readonly Question[]): Promise<Record<string, string>> {
  // readline puts the terminal into raw mode, where it does not echo, and writes what is typed to its output: nowhere.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true, historySize: 0 })
  const say = (text: string): void => void process.stderr.write(text)
  const answers = lines[Symbol.asyncIterator]()
  lines.on('SIGINT', () => lines.close())
  try {
    const values: Record<string, string> = {}
    for (const { name, secret } of questions) {
      say(`${name}: `)
      const answer = await answers.next()
      say(answer.done === true || secret ? '\n' : `${answer.value}\n`)
      if (answer.done === true) throw new Error('given up: nothing was changed')
      if (answer.value !== '') values[name] = answer.value
    }
    return values
  } finally {
    lines.close()
  }
}

/** What comes in through a pipe, to its end; never much more than anybody would take. */
export async function pipedBytes(): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of process.stdin) {
    const bytes = Buffer.from(chunk)
    chunks.push(bytes)
    size += bytes.length
    if (size > MAX_BYTES) break
  }
  return Buffer.concat(chunks)
}
