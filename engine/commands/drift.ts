import { Ajv } from 'ajv'
import { openSource } from '../channel/open.ts'
import { driftOf, type ServerHealth } from '../gitops/drift.ts'
import type { GitHub } from '../gitops/github/client.ts'
import { createIssue, openIssues, updateIssue } from '../gitops/github/issues.ts'
import { publishedBundle } from '../gitops/provenance/published.ts'
import { commitOf } from '../gitops/tree-at.ts'
import { chosenChannel } from './channel.ts'
import { compiledAt } from './compiled-at.ts'
import { bringCompiler } from './compiler.ts'
import type { Environment } from './environment.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { githubOf } from './github.ts'
import { readBundle } from './publication.ts'
import { readTrust } from './trusted.ts'
import { UsageError } from './usage-error.ts'
import { workplaceOf } from './workplace.ts'

export interface DriftVerbOptions {
  root: string
  /** What main is. Default HEAD. */
  commit: string
  /** `omie=https://omie.example`, several for several replicas. Default ALCADA_SERVERS. */
  servers: readonly string[]
  /** Tells it in one issue, which is closed again when nothing differs. */
  issue: boolean
  format: 'text' | 'json'
  environment: Environment
}

/** `alcada drift`: whether every running server enforces what main says; exit 3 when one does not. */
export async function drift(options: DriftVerbOptions): Promise<ExitCode> {
  const { root, issue, format, environment } = options
  const place = workplaceOf(root)
  const named =
    options.servers.length > 0 ? options.servers : (environment.servers ?? '').split(/[\s,]+/).filter(Boolean)
  const servers = named.map(serverOf)
  const trust = await readTrust(environment, place)
  const chosen = chosenChannel(environment, place.channel)
  const compiled = await compiledAt(await commitOf(root, options.commit), {
    ...{ root, opa: await bringCompiler(environment), colour: environment.colour },
    // Only what main says is compared: whether it is proved was asked before it was merged, and is before it is published.
    checks: 'fast',
  })
  if (compiled === null) return EXIT.person
  const source = await openSource(chosen.target, chosen.access)
  try {
    const main = new Map(compiled.map(({ name, digest }) => [name, digest]))
    const found: string[] = []
    for (const erp of new Set([...main.keys(), ...servers.map((server) => server.erp)])) {
      const bytes = await readBundle(source, erp)
      const published = bytes === null ? null : publishedBundle(bytes, { erp, trust })
      const own = servers.filter((server) => server.erp === erp)
      const asked = await Promise.all(own.map(async ({ url }) => ({ url, health: await healthOf(url) })))
      found.push(...driftOf({ erp, main: main.get(erp) ?? null, published, servers: asked, nowMs: Date.now() }))
    }
    process.stdout.write(format === 'json' ? `${JSON.stringify({ drift: found })}\n` : told(found, servers.length))
    if (issue) await keepIssue(await githubOf(root, environment), found)
    return found.length > 0 ? EXIT.person : EXIT.done
  } finally {
    source.close()
  }
}

function serverOf(text: string): { erp: string; url: string } {
  const [, erp, url] = /^([a-z][a-z0-9_]*)=(https?:\/\/\S+?)\/*$/.exec(text) ?? []
  if (erp !== undefined && url !== undefined) return { erp, url }
  throw new UsageError(`expected a server as \`omie=https://omie.example\`, got \`${text}\``)
}

const isHealth = new Ajv({ strict: true, allowUnionTypes: true }).compile<ServerHealth>({
  type: 'object',
  required: ['status', 'revision', 'bundle'],
  properties: {
    status: { type: 'string' },
    revision: { type: ['integer', 'null'] },
    bundle: {
      type: ['object', 'null'],
      required: ['digest'],
      properties: { digest: { type: 'string' } },
    },
  },
})

/** Null where nothing answers, or something else. */
async function healthOf(url: string): Promise<ServerHealth | null> {
  try {
    const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(10_000), redirect: 'error' })
    const body: unknown = await answer.json()
    return isHealth(body) ? body : null
  } catch {
    return null
  }
}

const LABEL = 'alcada-drift'
const TITLE = 'What is enforced is not what main says'

async function keepIssue(github: GitHub, found: readonly string[]): Promise<void> {
  const [open] = await openIssues(github, LABEL)
  const body = `${found.map((sentence) => `- ${sentence}`).join('\n')}\n\nTold by \`alcada drift\`, which closes this when nothing differs any more.\n`
  if (found.length === 0) {
    if (open !== undefined) await updateIssue(github, open.number, { state: 'closed' })
  } else if (open === undefined) await createIssue(github, { title: TITLE, body, labels: [LABEL] })
  else if (open.body !== body) await updateIssue(github, open.number, { body })
}

function told(found: readonly string[], servers: number): string {
  if (found.length > 0) return found.map((sentence) => `${sentence}\n`).join('')
  return servers === 0
    ? 'main is what is published; no server was named\n'
    : `${servers} servers enforce what main says\n`
}
