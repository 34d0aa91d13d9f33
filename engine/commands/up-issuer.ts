import type { DevelopmentKeys } from '../access/development-keys.ts'
import { type Issuer, type IssuerOptions, startIssuer } from '../access/issuer.ts'
import { folderTarget } from '../channel/target.ts'
import { channelConfig } from './channel-config.ts'
import type { Workplace } from './workplace.ts'

/** The issuer beside the servers of `up`: at the port after theirs, or at any free one where that is taken. */
export async function startUpIssuer(place: Workplace, keys: DevelopmentKeys, port: number): Promise<Issuer> {
  const options: IssuerOptions = {
    configOf: await channelConfig({ target: folderTarget(place.channel), access: {} }, keys.trustFile),
    key: async () => keys.token,
    port,
  }
  return startIssuer(options).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error
    return startIssuer({ ...options, port: 0 })
  })
}
