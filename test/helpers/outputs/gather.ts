import type { ChildProcess } from 'node:child_process'
import { subscribe } from 'node:diagnostics_channel'
import { basename, join } from 'node:path'
import type { Readable } from 'node:stream'
import { openOutput, recordLogs } from './outputs.ts'

// Before each file of tests: everything that its servers and commands say, and every answer that its `fetch` gets, goes
// into the run's folder as well. Node tells of both by itself (diagnostics_channel): no test has to do anything for it.

const OURS = /(?:engine\/(?:cli\.ts|alcada\.mjs)|servers\/main\.ts)$/
/** Whoever asks for these need not be known. */
const OPEN = /^\/(?:health|metrics|\.well-known)/
/** ERPs and their stand-ins: what they tell a test that asks them itself is not what a server of ours lets out. */
const ERPS = /^\/(?:api\/v1|empresas\/v1|erp)\//

interface Answered {
  request: { path: string }
  chunk: Uint8Array
}

const answers = new WeakMap<object, ReturnType<typeof openOutput>>()
subscribe('undici:request:bodyChunkReceived', (message) => {
  const { request, chunk } = asAnswered(message)
  const path = request.path.split('?')[0] ?? ''
  if (ERPS.test(path)) return
  const write = answers.get(request) ?? openOutput(OPEN.test(path) ? 'open' : 'reply', `an answer of ${path}`)
  answers.set(request, write)
  write(chunk)
})

// It is told of when it is made, before it has anything to read from.
subscribe('child_process', (message) => queueMicrotask(() => listenTo(asChild(message))))

function listenTo(child: ChildProcess): void {
  const program = child.spawnargs?.find((one) => OURS.test(one))
  if (program === undefined) return
  // Its verb, and no more of its arguments: what leaks may be one of them.
  const verb = child.spawnargs.slice(child.spawnargs.indexOf(program) + 1).find((one) => /^[a-z-]+$/.test(one))
  const name = `${basename(program)}${verb === undefined ? '' : ` ${verb}`}`
  overhear(child.stderr, openOutput('open', `stderr of ${name}`))
  // What a command prints is its answer to whoever ran it.
  overhear(child.stdout, openOutput('reply', `stdout of ${name}`))
  const root = child.spawnargs[child.spawnargs.indexOf('--root') + 1]
  child.once('exit', () => {
    if (child.spawnargs.includes('--root') && root !== undefined) recordLogs(join(root, '.alcada', 'log'))
  })
}

/** Hears what others read, and takes nothing from them: a listener for `data` would start the stream before they do. */
function overhear(stream: Readable | null, write: (chunk: Uint8Array | string) => void): void {
  if (stream === null) return
  const emit = stream.emit.bind(stream)
  stream.emit = (event: string | symbol, ...args: unknown[]): boolean => {
    const [chunk] = args
    if (event === 'data' && (typeof chunk === 'string' || chunk instanceof Uint8Array)) write(chunk)
    return Reflect.apply(emit, stream, [event, ...args])
  }
}

function asAnswered(message: unknown): Answered {
  const isAnswered = (value: unknown): value is Answered =>
    typeof value === 'object' && value !== null && 'chunk' in value
  if (isAnswered(message)) return message
  throw new Error('expected an answer of undici, which says something else now')
}

function asChild(message: unknown): ChildProcess {
  const isTold = (value: unknown): value is { process: ChildProcess } =>
    typeof value === 'object' && value !== null && 'process' in value
  if (isTold(message)) return message.process
  throw new Error('expected a child process of Node, which says something else now')
}
