import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { developmentKeys } from '../access/development-keys.ts'
import { openPolicyCompiler } from '../compile/compile.ts'
import { checkProject, hasErrors } from '../compile/project.ts'
import { candidatePath, channelPath } from '../contract/channel.ts'
import { newestRevision } from '../publish/newest.ts'
import { formatFindings } from '../report/findings.ts'
import { bringCompiler } from './compiler.ts'
import type { Environment } from './environment.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { headCommit } from './head-commit.ts'
import { signedBundle } from './sign.ts'
import { openWorkplace } from './workplace.ts'

export interface BuildOptions {
  root: string
  erps: readonly string[]
  out: string
  /** True: `<erp>/candidate.tar.gz`, for `impact --live`. */
  candidate: boolean
  format: 'text' | 'json'
  environment: Environment
}

/** One bundle that was written. */
interface Built {
  erp: string
  file: string
  revision: number
  /** Of the unsigned content: the same for the same sources, on any machine. */
  digest: string
}

/** `alcada build`: `<out>/<erp>/bundle.tar.gz`, signed with this machine's development key. Nothing is half-built. */
export async function build({ root, erps, out, candidate, format, environment }: BuildOptions): Promise<ExitCode> {
  const compiler = await openPolicyCompiler({ compiler: await bringCompiler(environment) })
  try {
    // What never acts may be tried out before its table is rewritten.
    const differing = candidate ? 'warning' : 'error'
    const { findings, sources, compiled } = await checkProject(root, erps, compiler, { differing })
    if (findings.length > 0) {
      process.stderr.write(formatFindings(findings, 'text', { colour: environment.colour, sources }))
    }
    if (hasErrors(findings)) return EXIT.person
    const { folder } = await openWorkplace(root)
    const { bundle: key } = await developmentKeys(folder)
    const commit = await headCommit(root)
    const kind = candidate ? 'candidate' : 'bundle'
    const built: Built[] = []
    for (const erp of compiled) {
      const file = join(out, candidate ? candidatePath(erp.name) : channelPath(erp.name))
      const revision = (await newestRevision(join(out, channelPath(erp.name)))) + 1
      await mkdir(dirname(file), { recursive: true })
      await writeFile(file, await signedBundle(erp, { revision, key, kind, nowMs: Date.now(), provenance: { commit } }))
      built.push({ erp: erp.name, file, revision, digest: erp.digest })
    }
    process.stdout.write(format === 'json' ? `${JSON.stringify({ bundles: built })}\n` : built.map(line).join(''))
    return EXIT.done
  } finally {
    await compiler.close()
  }
}

function line({ erp, file, revision, digest }: Built): string {
  return `${erp}: revision ${revision}, content ${digest}, ${file}\n`
}
