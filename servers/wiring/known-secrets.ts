import { readFile } from 'node:fs/promises'
import { secretsInAddress } from '../credentials/redactor.ts'
import type { CredentialsSource } from '../credentials/source.ts'

/** The settings that are secret, or that name a file with a secret. */
export interface SecretSettings {
  databaseUrl: string | null
  smtpUrl: string | null
  credentials: CredentialsSource
  decisionLogTokenFile: string | null
  checkpoint: { anchorTokenFile: string | null }
  channelAccess: { tokenFile: string | null }
  traces: { tokenFile: string | null }
}

/** The secrets among a server's settings, and in the files that they name. */
export async function secretsInSettings(config: SecretSettings): Promise<string[]> {
  const { databaseUrl, smtpUrl, credentials, decisionLogTokenFile, checkpoint, channelAccess, traces } = config
  const addresses = [databaseUrl, smtpUrl].filter((address) => address !== null)
  const key = credentials.kind === 'store' && credentials.key.kind === 'value' ? [credentials.key.text.reveal()] : []
  const files = [decisionLogTokenFile, checkpoint.anchorTokenFile, channelAccess.tokenFile, traces.tokenFile].filter(
    (file) => file !== null,
  )
  // A file that cannot be read is told of by whoever needs it.
  const tokens = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')))
  // A registry's are `user:password`.
  const passwords = tokens.flatMap((token) => token.trim().split(':').slice(1))
  return [...addresses.flatMap(secretsInAddress), ...key, ...tokens, ...passwords].map((secret) => secret.trim())
}
