import type { ChannelAccess } from '../channel/open.ts'
import { CHANNEL_TARGETS, type ChannelTarget, channelTarget } from '../channel/target.ts'
import type { Environment } from './environment.ts'
import { UsageError } from './usage-error.ts'

/** Where bundles are published to, and how to get at it. */
export interface ChosenChannel {
  target: ChannelTarget
  access: ChannelAccess
}

/**
 * The channel that servers are told of by the same settings.
 * @param folder the one of a workplace, where the environment names none
 * @throws UsageError where what it names is none
 */
export function chosenChannel({ passed }: Pick<Environment, 'passed'>, folder: string): ChosenChannel {
  const text = passed['ALCADA_CHANNEL'] ?? folder
  const target = channelTarget(text)
  if (target === null) throw new UsageError(`expected \`ALCADA_CHANNEL\` to be ${CHANNEL_TARGETS}, got \`${text}\``)
  const { ALCADA_CHANNEL_TOKEN_FILE: tokenFile = null, ALCADA_CHANNEL_CA_FILE: caFile = null } = passed
  return { target, access: { tokenFile, caFile } }
}
