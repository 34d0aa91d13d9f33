import { type IncomingMessage, type OutgoingHttpHeader, type OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { Writable } from 'node:stream'

/** What may leave: the text as it is, or without what has to stay. */
export type Clean = (text: string) => string

type Head = (string | OutgoingHttpHeaders | OutgoingHttpHeader[] | undefined)[]

/**
 * The class of a listener's responses: whoever writes one, every body and header passes `clean`. A text that is cut in
 * two by its writer is looked at in its two parts: answers here are written whole, streams an event at a time.
 */
export function cleanResponses(clean: Clean): typeof ServerResponse {
  return class<Request extends IncomingMessage = IncomingMessage> extends ServerResponse<Request> {
    #begun = false

    // The head waits for the body, whose length is not known before it was looked at.
    override writeHead(status: number, ...rest: Head): this {
      if (this.#begun) return super.writeHead(status)
      const [first, second] = rest
      const headers = typeof first === 'string' ? second : first
      this.statusCode = status
      if (typeof first === 'string') this.statusMessage = first
      if (typeof headers === 'object' && !Array.isArray(headers)) {
        for (const [name, value] of Object.entries(headers)) if (value !== undefined) this.setHeader(name, value)
      }
      return this
    }

    override setHeader(name: string, value: number | string | readonly string[]): this {
      // Of a HEAD there is no body to count.
      if (name.toLowerCase() === 'content-length' && this.req.method !== 'HEAD') return this
      const parts = typeof value === 'object' ? value.map(clean) : typeof value === 'string' ? clean(value) : value
      return super.setHeader(name, parts)
    }

    override flushHeaders(): void {
      this.#begun = true
      super.flushHeaders()
    }

    override write(chunk: unknown, ...rest: unknown[]): boolean {
      this.#begun = true
      return Reflect.apply(super.write, this, [cleaned(chunk, clean), ...rest])
    }

    override end(...args: unknown[]): this {
      this.#begun = true
      const [chunk, ...rest] = args
      return Reflect.apply(super.end, this, args.length === 0 ? [] : [cleaned(chunk, clean), ...rest])
    }
  }
}

/** A stream in front of another: what is written to it goes on clean. */
export function cleanStream(to: Writable, clean: Clean): Writable {
  return new Writable({
    write(chunk: Uint8Array, _encoding, done) {
      to.write(cleaned(chunk, clean), () => done())
    },
  })
}

function cleaned(chunk: unknown, clean: Clean): unknown {
  if (typeof chunk === 'string') return clean(chunk)
  if (!(chunk instanceof Uint8Array)) return chunk
  const text = new TextDecoder().decode(chunk)
  const told = clean(text)
  return told === text ? chunk : new TextEncoder().encode(told)
}
