import { readFile } from 'node:fs/promises'
import { openSource } from '../channel/open.ts'
import { MAX_BUNDLE_BYTES, verifyBundle } from '../contract/bundle-verify.ts'
import { channelPath } from '../contract/channel.ts'
import type { Config } from '../contract/config.ts'
import { parseTrust } from '../contract/trust.ts'
import type { ChosenChannel } from './channel.ts'

export interface ChannelConfig {
  (erp: string): Promise<Config | null>
  close(): void
}

/**
 * Reads what the newest bundle of a channel says, as a server would take it: signed by a trusted key, and never of a
 * lower revision than one that was seen. Null where there is none like that.
 */
export async function channelConfig({ target, access }: ChosenChannel, trustFile: string): Promise<ChannelConfig> {
  const source = await openSource(target, access)
  const seen = new Map<string, { version: string; revision: number; validUntilMs: number; config: Config }>()
  const configOf = async (erp: string): Promise<Config | null> => {
    const known = seen.get(erp)
    const lasting = (): Config | null => (known !== undefined && Date.now() < known.validUntilMs ? known.config : null)
    try {
      const found = await source.read(channelPath(erp), { maxBytes: MAX_BUNDLE_BYTES, known: known?.version })
      if (found === 'unchanged' || found === null) return lasting()
      const trust = parseTrust(await readFile(trustFile, 'utf8'))
      const bundle = verifyBundle(found.bytes, { erp, trust, nowMs: Date.now() })
      const { claims, data, validUntilMs } = bundle
      if (known !== undefined && claims.revision < known.revision) return lasting()
      seen.set(erp, { version: found.version, revision: claims.revision, validUntilMs, config: data.config })
      return data.config
    } catch {
      return lasting()
    }
  }
  return Object.assign(configOf, { close: source.close })
}
