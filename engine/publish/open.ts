import { type ChannelAccess, httpsOptions, registryOptions } from '../channel/open.ts'
import type { ChannelTarget } from '../channel/target.ts'
import type { ChannelWriter } from './channel.ts'
import { folderWriter } from './folder.ts'
import { httpsWriter } from './https.ts'
import { registryWriter } from './registry.ts'

/** Opens a channel for publishing. @throws ChannelError where a file of the access cannot be read */
export async function openWriter(target: ChannelTarget, access: ChannelAccess = {}): Promise<ChannelWriter> {
  switch (target.kind) {
    case 'folder':
      return folderWriter(target.folder)
    case 'https':
      return httpsWriter(await httpsOptions(target, access))
    case 'registry':
      return registryWriter(await registryOptions(target, access))
  }
}
