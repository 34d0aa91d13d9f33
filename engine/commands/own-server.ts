import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { developmentKeys } from '../access/development-keys.ts'
import type { SigningKey } from '../access/signing-key.ts'
import type { CompiledErp } from '../compile/compile.ts'
import { publishBundle } from '../publish/bundle.ts'
import { folderWriter } from '../publish/folder.ts'
import type { StandIn } from '../sandbox/stand-in.ts'
import type { Environment } from './environment.ts'
import { signedBundle } from './sign.ts'
import { startUpIssuer } from './up-issuer.ts'
import { upNeeds } from './up-needs.ts'
import { startServers } from './up-servers.ts'
import { openWorkplace } from './workplace.ts'

/** A server of one ERP that nobody else uses. */
export interface OwnServer extends AsyncDisposable {
  mcp: string
  /** Origin of its operations listener. */
  ops: string
  /** Signs the tokens it takes. */
  key: SigningKey
}

export interface OwnServerOptions {
  erp: CompiledErp
  /** What takes the ERP's place, with the credentials; null: the ERP itself, with those that the settings name. */
  behind: Pick<StandIn, 'url' | 'credentials'> | null
  /** Settings of the server, and no others. */
  settings: Record<string, string>
  /** Where its ledger stays. Default: a folder that is removed with it. */
  folder?: string
  environment: Environment
}

/** Starts the same server as `up`, alone. */
export async function startOwnServer(options: OwnServerOptions): Promise<OwnServer> {
  const { erp, behind, settings, environment } = options
  await using closing = new AsyncDisposableStack()
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'alcada-own-')))
  if (options.folder === undefined) closing.defer(() => rm(folder, { recursive: true, force: true }))
  const place = await openWorkplace(folder)
  const keys = await developmentKeys(place.folder)
  const bundle = (revision: number): Promise<Uint8Array> =>
    signedBundle(erp, { revision, key: keys.bundle, nowMs: Date.now() })
  await publishBundle({ channel: folderWriter(place.channel), erp: erp.name, bundle })
  const issuer = await startUpIssuer(place, keys, 0)
  closing.defer(() => issuer.close())
  const [server] = await startServers({
    ...{ names: [erp.name], needs: new Map([[erp.name, upNeeds(erp)]]), port: 0, place, keys, issuer },
    standIns: { of: () => behind },
    environment: { ...environment, passed: { LOG_LEVEL: 'ERROR', ...settings } },
    say: (text) => void process.stderr.write(text),
  })
  if (server === undefined) throw new Error(`expected a server of ${erp.name}`)
  closing.defer(() => server.stop())
  const held = closing.move()
  return { mcp: server.mcp, ops: server.ops, key: keys.token, [Symbol.asyncDispose]: () => held.disposeAsync() }
}
