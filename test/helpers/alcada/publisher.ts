import type { DevelopmentKeys } from '../../../engine/access/development-keys.ts'
import { signedBundle } from '../../../engine/commands/sign.ts'
import { type CompiledErp, openPolicyCompiler, type PolicyCompiler } from '../../../engine/compile/compile.ts'
import { loadTree } from '../../../engine/load/load.ts'
import { publishBundle } from '../../../engine/publish/bundle.ts'
import type { ChannelWriter } from '../../../engine/publish/channel.ts'
import { folderWriter } from '../../../engine/publish/folder.ts'
import { validateTree } from '../../../engine/validate/validate.ts'

export interface Publisher {
  /** Compiles what stands in the project now. Throws with the findings when there is an error among them. */
  compile(): Promise<CompiledErp>
  /** Signs it with the development key and puts it into the channel. @returns its revision */
  publish(compiled?: CompiledErp): Promise<number>
  close(): Promise<void>
}

export interface PublisherOptions {
  root: string
  erp: string
  /** A folder, or a channel that is open already. */
  channel: string | ChannelWriter
  key: DevelopmentKeys['bundle']
  /** Path of the OPA binary. */
  compiler: string
}

/** The way of a saved edit to a channel, as `up` goes it: a row of decisions.yaml that comes out otherwise stops nothing. */
export async function openPublisher({ root, erp, channel, key, compiler }: PublisherOptions): Promise<Publisher> {
  const writer = typeof channel === 'string' ? folderWriter(channel) : channel
  const opened: PolicyCompiler = await openPolicyCompiler({ compiler })
  async function compile(): Promise<CompiledErp> {
    const loaded = await loadTree(root, [erp])
    const checked = validateTree(loaded.tree)
    const valid = checked.erps[erp]
    const compiled = valid && (await opened.compileErp(valid, { checks: 'fast', differing: 'warning' }))
    const findings = [...loaded.findings, ...checked.findings, ...(compiled?.findings ?? [])]
    const errors = findings.filter(({ severity }) => severity === 'error')
    if (compiled === undefined || errors.length > 0) {
      throw new Error(errors.map((one) => `${one.file}:${one.line}: ${one.code}: ${one.message}`).join('\n'))
    }
    return compiled
  }
  return {
    compile,
    async publish(given) {
      const compiled = given ?? (await compile())
      const bundle = (revision: number): Promise<Uint8Array> =>
        signedBundle(compiled, { revision, key, nowMs: Date.now() })
      return (await publishBundle({ channel: writer, erp, bundle })).revision
    },
    close: () => opened.close(),
  }
}
