import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { verifyBundle } from '../contract/bundle-verify.ts'
import { channelPath } from '../contract/channel.ts'
import type { Config } from '../contract/config.ts'
import { parseTrust } from '../contract/trust.ts'

/**
 * Reads what the newest bundle of a channel says, as a server would take it: signed by a trusted key, and never of a
 * lower revision than one that was seen. Null where there is none like that.
 */
export function channelConfig(channelDir: string, trustFile: string): (erp: string) => Promise<Config | null> {
  const seen = new Map<string, { stamp: string; revision: number; validUntilMs: number; config: Config }>()
  return async (erp) => {
    const file = join(channelDir, channelPath(erp))
    const known = seen.get(erp)
    const lasting = (): Config | null => (known !== undefined && Date.now() < known.validUntilMs ? known.config : null)
    try {
      const { mtimeMs, size } = await stat(file)
      const stamp = `${mtimeMs} ${size}`
      if (known?.stamp === stamp) return lasting()
      const trust = parseTrust(await readFile(trustFile, 'utf8'))
      const bundle = verifyBundle(await readFile(file), { erp, trust, nowMs: Date.now() })
      const { claims, data, validUntilMs } = bundle
      if (known !== undefined && claims.revision < known.revision) return lasting()
      seen.set(erp, { stamp, revision: claims.revision, validUntilMs, config: data.config })
      return data.config
    } catch {
      return lasting()
    }
  }
}
