import { createServer, type Server } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { recordOutput } from './outputs/outputs.ts'

/** A receiver of OPA's decision logs on loopback. */
export interface LogReceiver {
  /** Base address; logs are taken at `/logs` below it. */
  url: string
  /** Of each request that was accepted: what it held. */
  got: { decision_id: string; input: { tool: { name: string } } }[][]
  authorization: string | undefined
  /** Answers of the next requests; 204 after them. */
  answers: number[]
  close(): Promise<unknown>
}

export async function startLogReceiver(): Promise<LogReceiver> {
  const server: Server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part)
    told.authorization = request.headers.authorization
    const status = told.answers.shift() ?? 204
    if (status === 204 && request.url === '/opa/logs' && request.headers['content-encoding'] === 'gzip') {
      const text = gunzipSync(Buffer.concat(parts)).toString()
      recordOutput('open', 'the decision log', text)
      told.got.push(JSON.parse(text))
    }
    response.writeHead(status).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const told: LogReceiver = {
    url: `http://127.0.0.1:${port}/opa`,
    got: [],
    authorization: undefined,
    answers: [],
    close: () => new Promise((resolve) => server.close(resolve)),
  }
  return told
}
