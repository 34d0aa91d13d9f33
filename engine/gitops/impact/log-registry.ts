import { Readable } from 'node:stream'
import { openSource } from '../../channel/open.ts'
import { ChannelError } from '../../channel/source.ts'
import { type ChannelTarget, channelTarget } from '../../channel/target.ts'
import { decisionsPath } from '../../contract/channel.ts'
import { LogError } from './log-address.ts'

/** A larger log is not read, compressed and in bytes: months of one ERP. */
const MAX_LOG = 256 * 1024 * 1024

/** `oci://registry/repository`, or plain HTTP on this machine; null for what is no registry. */
export function logRegistry(source: string): ChannelTarget | null {
  const target = channelTarget(source)
  return target?.kind === 'registry' ? target : null
}

/**
 * The logs that `audit export --to oci://…` pushed for these ERPs, as they come.
 * @param tokenFile of the registry
 * @returns null where there is none of any
 * @throws LogError
 */
export async function openRegistry(
  target: ChannelTarget,
  erps: readonly string[],
  tokenFile: string | null,
): Promise<Readable[] | null> {
  const source = await openSource(target, { tokenFile })
  try {
    const logs: Readable[] = []
    for (const erp of erps) {
      const found = await source.read(decisionsPath(erp), { maxBytes: MAX_LOG })
      if (found !== null && found !== 'unchanged') logs.push(Readable.from([Buffer.from(found.bytes)]))
    }
    return logs.length === 0 ? null : logs
  } catch (cause) {
    if (!(cause instanceof ChannelError)) throw cause
    throw new LogError(cause.message, { cause })
  } finally {
    source.close()
  }
}
