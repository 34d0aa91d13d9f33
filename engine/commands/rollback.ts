import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { signingKey } from '../access/signing-key.ts'
import { packBundle } from '../bundle/pack.ts'
import { signBundle } from '../bundle/sign.ts'
import { signRollbackRequest } from '../bundle/sign-rollback.ts'
import { openSource } from '../channel/open.ts'
import { BUNDLE_FILES } from '../contract/bundle-claims.ts'
import { gunzip, type VerifiedBundle } from '../contract/bundle-verify.ts'
import { type RollbackRequest, readRollbackRequest } from '../contract/rollback-claim.ts'
import { MAX_ROLLBACK_S } from '../contract/rollback-verify.ts'
import { tokenIn, unverifiedToken } from '../contract/signature.ts'
import { readTar } from '../contract/tar.ts'
import { publishedBundle } from '../gitops/provenance/published.ts'
import { proposeRollback } from '../gitops/rollback.ts'
import { openWriter } from '../publish/open.ts'
import { chosenChannel } from './channel.ts'
import type { Environment } from './environment.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { githubOf, remoteOf } from './github.ts'
import { publishMade, readBundle } from './publication.ts'
import { readTrust } from './trusted.ts'
import { UsageError } from './usage-error.ts'
import { workplaceOf } from './workplace.ts'

export interface RollbackOptions {
  root: string
  erp: string
  /** The revision whose content comes back. */
  to: number
  reason: string
  /** By two persons' revocation keys, at once and for seven days; else by a pull request. */
  emergency: boolean
  /** The other person's request: with it, this publishes. */
  with?: string
  environment: Environment
}

/** `alcada rollback`: old content under a new, higher revision, through a pull request or, in an emergency, signed by two. */
export async function rollback(options: RollbackOptions): Promise<ExitCode> {
  const { root, erp, to, reason, environment } = options
  const place = workplaceOf(root)
  const trust = await readTrust(environment, place)
  const chosen = chosenChannel(environment, place.channel)
  const source = await openSource(chosen.target, chosen.access)
  const channel = await openWriter(chosen.target, chosen.access)
  try {
    const [newestBytes, oldBytes] = [await readBundle(source, erp), await readBundle(source, erp, to)]
    if (newestBytes === null || oldBytes === null) {
      throw new UsageError(`the channel holds no revision ${to} of ${erp}`)
    }
    const newest = publishedBundle(newestBytes, { erp, trust })
    const old = publishedBundle(oldBytes, { erp, trust })
    if (old.digest === newest.digest)
      throw new UsageError(`${erp}: revision ${newest.claims.revision} says what revision ${to} says`)
    if (!options.emergency) return await throughPull(options, old)
    if (old.claims.rollback !== undefined)
      throw new UsageError(`revision ${to} is itself the content of ${old.claims.rollback.to}; name that one`)
    const key = await signingKey({ folder: place.folder, use: 'revocation' })
    if (options.with === undefined) {
      const request = requestOf(options, { newest, old })
      const file = join(place.folder, 'rollbacks', `${erp}-${request.revision}.request`)
      await mkdir(join(place.folder, 'rollbacks'), { recursive: true, mode: 0o700 })
      await writeFile(file, `${await signRollbackRequest(request, key)}\n`, { mode: 0o600 })
      const again = `alcada rollback ${erp} --to ${to} --reason ${JSON.stringify(reason)} --emergency --with ${file}`
      process.stdout.write(
        `asked for in \`${file}\`: within a day, another person with a revocation key of their own runs\n  ${again}\n`,
      )
      return EXIT.done
    }
    const token = (await readFile(options.with, 'utf8')).trim()
    const asked = readRollbackRequest(unverifiedToken(token))
    const files = readTar(gunzip(oldBytes))
    const original = tokenIn(Buffer.from(files.get(BUNDLE_FILES.signatures) ?? []).toString('utf8'))
    const make = async (revision: number, nowMs: number): Promise<Uint8Array> => {
      const iat = Math.floor(nowMs / 1_000)
      const { rollback: _, ...was } = old.claims
      const rollback = { to, from: asked.from, reason, original, request: token }
      const claims = { ...was, revision, iat, exp: iat + MAX_ROLLBACK_S, rollback }
      return packBundle(await signBundle(files, claims, key))
    }
    const revision = await publishMade(erp, make, { source, channel, trust, above: newest.claims.revision })
    process.stdout.write(
      `${erp}: revision ${revision} says what revision ${to} said, for seven days; merge a pull request that makes it last: \`alcada rollback ${erp} --to ${to} --reason …\` prepares one\n`,
    )
    return EXIT.done
  } finally {
    source.close()
    channel.close()
  }
}

function requestOf(
  { erp, to, reason }: RollbackOptions,
  { newest, old }: { newest: VerifiedBundle; old: VerifiedBundle },
): RollbackRequest {
  const { revision } = newest.claims
  const from = { revision, digest: newest.digest }
  return { erp, to, revision: revision + 1, from, digest: old.digest, reason, iat: Math.floor(Date.now() / 1_000) }
}

async function throughPull(
  { root, erp, to, reason, environment }: RollbackOptions,
  { claims: { commit } }: VerifiedBundle,
): Promise<ExitCode> {
  if (commit === null) throw new UsageError(`revision ${to} of ${erp} names no commit`)
  const github = await githubOf(root, environment)
  const remote = remoteOf(github, environment)
  const pull = await proposeRollback({ root, erp, to, commit, reason, github, remote })
  process.stdout.write(pull === null ? `${erp}: main says what revision ${to} said already\n` : `${pull.url}\n`)
  return EXIT.done
}
