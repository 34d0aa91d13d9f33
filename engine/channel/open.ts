import { readFile } from 'node:fs/promises'
import { type ExchangeOptions, openExchange } from './exchange.ts'
import { folderSource } from './folder.ts'
import { type HttpsChannelOptions, httpsSource } from './https.ts'
import { type RegistryOptions, registrySource } from './registry.ts'
import { withLogin } from './registry-login.ts'
import { ChannelError, type ChannelSource } from './source.ts'
import type { ChannelTarget } from './target.ts'

/** How to get at a channel that is not a folder. Folders need none of it. */
export interface ChannelAccess extends Pick<ExchangeOptions, 'timeoutMs'> {
  /** Holds a bearer token; for a registry `user:password`, or a token of its own. Default null: nothing is sent. */
  tokenFile?: string | null
  /** Certificates trusted for the channel, PEM, in place of the system's. Default null: the system's. */
  caFile?: string | null
}

/**
 * Opens a channel for reading.
 * @throws ChannelError CHANNEL_UNAVAILABLE where the file of certificates cannot be read
 */
export async function openSource(target: ChannelTarget, access: ChannelAccess = {}): Promise<ChannelSource> {
  switch (target.kind) {
    case 'folder':
      return folderSource(target.folder)
    case 'https':
      return httpsSource(await httpsOptions(target, access))
    case 'registry':
      return registrySource(await registryOptions(target, access))
  }
}

export async function httpsOptions(
  { base }: Extract<ChannelTarget, { kind: 'https' }>,
  access: ChannelAccess,
): Promise<HttpsChannelOptions> {
  return { base, exchange: openExchange(await exchangeOptions(access)), token: () => secretIn(access) }
}

export async function registryOptions(
  { base, repository }: Extract<ChannelTarget, { kind: 'registry' }>,
  access: ChannelAccess,
): Promise<RegistryOptions> {
  const options = await exchangeOptions(access)
  const registry = withLogin({ base, exchange: openExchange(options), credentials: () => secretIn(access) })
  return { base, repository, registry, storage: openExchange(options) }
}

async function exchangeOptions({ caFile = null, timeoutMs }: ChannelAccess): Promise<ExchangeOptions> {
  return { timeoutMs, ca: caFile === null ? undefined : await readText(caFile, 'certificates') }
}

async function secretIn({ tokenFile = null }: ChannelAccess): Promise<string | null> {
  if (tokenFile === null) return null
  const secret = (await readText(tokenFile, 'the token of the channel')).trim()
  if (/^[\x21-\x7e]+$/.test(secret)) return secret
  throw new ChannelError('CHANNEL_UNAVAILABLE', `expected the token of the channel in \`${tokenFile}\`, on one line`)
}

async function readText(file: string, what: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new ChannelError('CHANNEL_UNAVAILABLE', `expected ${what} in \`${file}\`, got ${cause.code}`, { cause })
  })
}
