import { Agent, request } from 'node:http'
import { quantile } from './figures.ts'

export interface Load {
  /** Calls that were sent, the few to warm up included. */
  sent: number
  perSecond: number
  p50Ms: number
  p99Ms: number
}

export interface Shot {
  url: URL
  headers: Record<string, string>
  body: string
}

/** Sends one request over and over on as many connections, each waiting for its answer before the next. */
export async function load(shot: Shot, connections: number, seconds: number): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const warm = await fire(shot, agent, connections, seconds / 5)
  const took = await fire(shot, agent, connections, seconds)
  agent.destroy()
  const sent = warm.length + took.length
  return { sent, perSecond: took.length / seconds, p50Ms: quantile(took, 0.5), p99Ms: quantile(took, 0.99) }
}

async function fire(shot: Shot, agent: Agent, connections: number, seconds: number): Promise<number[]> {
  const took: number[] = []
  const until = performance.now() + seconds * 1_000
  const one = async (): Promise<void> => {
    while (performance.now() < until) {
      const began = performance.now()
      await send(shot, agent)
      took.push(performance.now() - began)
    }
  }
  await Promise.all(Array.from({ length: connections }, one))
  return took
}

/** The answer's text; throws on any other status than 200, and where the answer is an error. */
export function send({ url, headers, body }: Shot, agent?: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method: 'POST', headers, ...(agent && { agent }) }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        if (response.statusCode === 200 && !text.includes('"isError":true')) resolve(text)
        else reject(new Error(`expected 200 and no error, got ${response.statusCode} ${text.slice(0, 300)}`))
      })
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}
