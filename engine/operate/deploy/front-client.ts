import { request } from 'node:http'
import { DeployError } from './deploy-error.ts'

/** The front of one ERP, which owns the address that clients know. */
export interface FrontClient {
  /** New requests wait from here on; resolves once those under way have been answered. */
  hold(): Promise<void>
  release(): Promise<void>
}

export function frontClient(socketPath: string): FrontClient {
  const order = (path: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const missing = (why: string): void =>
        reject(new DeployError('FRONT_MISSING', `expected the front of this ERP at \`${socketPath}\`, got ${why}`))
      const sent = request({ socketPath, method: 'POST', path, timeout: 60_000 }, (answer) => {
        answer.resume()
        answer.once('end', () => (answer.statusCode === 200 ? resolve() : missing(`status ${answer.statusCode}`)))
      })
      sent.once('error', (error) => missing(error.message))
      sent.end()
    })
  return { hold: () => order('/hold'), release: () => order('/release') }
}
