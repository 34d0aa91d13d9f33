import { checkHost } from '../address.ts'
import { ErpFailure } from '../outcome.ts'

/** fetch that keeps to the allowed hosts, follows no redirect and ends an answer that grows past its limit. */
export function boundedFetch(allowedHosts: readonly string[], maxBytes: number): typeof fetch {
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input)
    checkHost(url, allowedHosts)
    const response = await fetch(input, { ...init, redirect: 'error' })
    if (response.body === null) return response
    let size = 0
    const counted = response.body.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          size += chunk.length
          if (size <= maxBytes) controller.enqueue(chunk)
          else controller.error(tooLarge(maxBytes))
        },
      }),
    )
    return new Response(counted, { status: response.status, headers: response.headers })
  }
}

function tooLarge(maxBytes: number): ErpFailure {
  return new ErpFailure({ kind: 'response_too_large', message: `the answer is longer than ${maxBytes} bytes` }, false)
}
