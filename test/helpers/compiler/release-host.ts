import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

export type ReleaseHost = { url: string; requests: string[]; [Symbol.asyncDispose](): Promise<void> }

/** A real host on loopback in upstream's place, which records what it is asked for. */
export async function releaseHost(answer: RequestListener): Promise<ReleaseHost> {
  const requests: string[] = []
  const server = createServer((request, response) => {
    requests.push(request.url ?? '')
    answer(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/download`,
    requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** A program that says it is this version of OPA. */
export function programOf(version: string): string {
  return `#!/bin/sh\nprintf 'Version: ${version}\\nBuild Commit: \\n'\n`
}

export function sha256Of(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
