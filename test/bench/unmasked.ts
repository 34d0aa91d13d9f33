import { registerHooks } from 'node:module'
import type { createRequestHandler } from '../../servers/request/handler.ts'

const MARK = '?unmasked'
const OURS = /\/servers\/request\/[^/]+\.ts$/
const SHOW = /\/engine\/contract\/personal\/show(?:-content)?\.ts$/

/**
 * The steps of a call once more, in which nothing is looked for in a result and nothing hidden: the same files, read anew
 * with `unmasked-show.ts` in the place of `show.ts`. No server has such a switch.
 */
export async function unmaskedHandler(): Promise<typeof createRequestHandler> {
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      const found = next(specifier, context)
      if (context.parentURL?.endsWith(MARK) !== true) return found
      if (SHOW.test(found.url)) return { ...found, url: new URL('./unmasked-show.ts', import.meta.url).href }
      return OURS.test(found.url) ? { ...found, url: `${found.url}${MARK}` } : found
    },
  })
  const path = new URL(`../../servers/request/handler.ts${MARK}`, import.meta.url).href
  const { createRequestHandler: unmasked }: { createRequestHandler: typeof createRequestHandler } = await import(path)
  hooks.deregister()
  return unmasked
}
