import { type ChannelAccess, openSource } from '../../engine/channel/open.ts'
import type { ChannelSource } from '../../engine/channel/source.ts'
import { CHANNEL_TARGETS, type ChannelTarget, channelTarget } from '../../engine/channel/target.ts'
import { ConfigError, type Environment, integer, wrong } from './setting.ts'

export interface ChannelSettings extends Required<Pick<ChannelAccess, 'tokenFile' | 'caFile'>> {
  /** Between two looks for a bundle. null: 2 s at a folder, 30 s elsewhere. */
  pollMs: number | null
}

export function channel(text: string): ChannelTarget {
  const target = channelTarget(text)
  if (target === null) throw wrong('ALCADA_CHANNEL', CHANNEL_TARGETS, text)
  return target
}

export function channelSettings(env: Environment): ChannelSettings {
  return {
    tokenFile: env['ALCADA_CHANNEL_TOKEN_FILE'] ?? null,
    caFile: env['ALCADA_CHANNEL_CA_FILE'] ?? null,
    pollMs: env['ALCADA_POLL_SECONDS'] === undefined ? null : 1_000 * integer(env, 'ALCADA_POLL_SECONDS', 30, 1, 3_600),
  }
}

/** Throws ConfigError: over plain HTTP only a development server gets its policies. */
export async function openChannel(
  { channel: target, channelAccess }: { channel: ChannelTarget; channelAccess: ChannelSettings },
  development: boolean,
): Promise<ChannelSource> {
  if (target.open && !development) {
    throw new ConfigError('expected `ALCADA_CHANNEL` to be over TLS: without it only under a development key')
  }
  return openSource(target, channelAccess)
}

/** Stops are waited for: six looks at them for each at the bundle, and one a second at a folder. */
export function pollsOf(
  { near }: Pick<ChannelSource, 'near'>,
  { pollMs }: Pick<ChannelSettings, 'pollMs'>,
): { bundleMs: number; stopsMs: number } {
  const bundleMs = pollMs ?? (near ? 2_000 : 30_000)
  return { bundleMs, stopsMs: near ? Math.min(bundleMs, 1_000) : Math.max(1_000, bundleMs / 6) }
}
