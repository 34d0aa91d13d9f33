import { startIssuer } from '../access/issuer.ts'
import { trustPath } from '../access/public-keys.ts'
import { signingKey } from '../access/signing-key.ts'
import { webAddressKind } from '../contract/web-address.ts'
import { chosenChannel } from './channel.ts'
import { channelConfig } from './channel-config.ts'
import { durationSeconds } from './duration.ts'
import type { Environment } from './environment.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { workplaceOf } from './workplace.ts'

export interface TokenServeOptions {
  root: string
  host: string
  port: number
  /** Origin by which callers know it. */
  url: string | undefined
  /** `1h`. */
  ttl: string
  environment: Environment
}

/** `alcada token serve`: registered agents renew their tokens here by themselves. Ends on SIGINT or SIGTERM. */
export async function tokenServe({ root, host, port, url, ttl, environment }: TokenServeOptions): Promise<ExitCode> {
  const { folder, channel } = workplaceOf(root)
  const { ALCADA_TRUST_FILE = trustPath(folder) } = environment.passed
  const say = (text: string): void => void process.stderr.write(text)
  if (url !== undefined && webAddressKind(url) === null) {
    say(`alcada: expected \`--url\` to be an https address, got \`${url}\`\n`)
    return EXIT.usage
  }
  const key = await signingKey({ folder, use: 'token' })
  if (key.development && !LOOPBACK.has(host)) {
    say(`alcada: a development key issues tokens on loopback only, got \`--host ${host}\`\n`)
    return EXIT.usage
  }
  const configOf = await channelConfig(chosenChannel(environment, channel), ALCADA_TRUST_FILE)
  const issuer = await startIssuer({
    host,
    port,
    publicUrl: url === undefined ? undefined : new URL(url).origin,
    ttlS: durationSeconds(ttl),
    configOf,
    key: () => signingKey({ folder, use: 'token' }),
    onRequest: ({ erp, outcome, scope }) => say(`${erp}: ${outcome}${scope === null ? '' : ` ${scope}`}\n`),
  })
  say(`tokens for registered agents: ${issuer.addressOf('<erp>')}; servers name it by ALCADA_TOKEN_ISSUER\n`)
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve())
    process.once('SIGTERM', () => resolve())
  })
  await issuer.close()
  configOf.close()
  return EXIT.done
}

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost'])
