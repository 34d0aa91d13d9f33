import { readFile } from 'node:fs/promises'
import type { Impact } from '../contract/impact.ts'
import { impactOf } from '../gitops/impact/impact-of.ts'
import { impactText, NO_LOG } from '../report/impact.ts'
import { impactForComment } from '../report/impact-comment.ts'
import { bringCompiler } from './compiler.ts'
import type { Environment } from './environment.ts'
import { EXIT, type ExitCode } from './exit.ts'

export interface ImpactVerbOptions {
  root: string
  erps: readonly string[]
  /** Commit that the working tree is compared with. */
  base: string
  /** Paths, https addresses and registries; none: there is no log yet. */
  log: readonly string[]
  /** Holds the bearer token for addresses. */
  logTokenFile?: string
  /** comment: the JSON of what may stand in a pull request. */
  format: 'text' | 'json' | 'comment'
  environment: Environment
}

/** `alcada impact --base`: what the working tree would have made of the calls in a decision log. It reports; it does not judge. */
export async function impact(options: ImpactVerbOptions): Promise<ExitCode> {
  const { root, erps, base, log, logTokenFile, format, environment } = options
  const opa = await bringCompiler(environment)
  const token = logTokenFile === undefined ? null : (await readFile(logTokenFile, 'utf8')).trim()
  const access = logTokenFile === undefined || token === null ? {} : { token, tokenFile: logTokenFile }
  const found = await impactOf({ root, ref: base, logs: log, access, opa, ...(erps.length === 0 ? {} : { erps }) })
  for (const source of found.missing) process.stderr.write(`alcada: nothing stands at \`${source}\`\n`)
  if (found.log === 'read') process.stdout.write(told(found.impact, format))
  else if (format === 'text') process.stdout.write(`${NO_LOG}: \`alcada audit export ERP --replay\` writes one\n`)
  else process.stdout.write(`${JSON.stringify({ ...NOTHING, log: NO_LOG })}\n`)
  return EXIT.done
}

/** Of a live one there is no comment: it is asked where the server is. */
export function told(found: Impact, format: 'text' | 'json' | 'comment'): string {
  if (format === 'text') return impactText(found)
  return `${JSON.stringify(format === 'json' ? found : impactForComment(found))}\n`
}

/** The same keys where nothing can be said; the digest is of no log. */
const NOTHING = { to_allow: [], to_deny: [], approvals: [], not_replayed: [], digest: null }
