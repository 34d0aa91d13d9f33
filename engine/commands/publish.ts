import { simpleGit } from 'simple-git'
import { openSource } from '../channel/open.ts'
import type { ChannelSource } from '../channel/source.ts'
import type { Trust } from '../contract/bundle-claims.ts'
import type { VerifiedBundle } from '../contract/bundle-verify.ts'
import { getRepository } from '../gitops/github/repository.ts'
import { type Plan, planOf } from '../gitops/provenance/plan.ts'
import { provenanceOf, type Step } from '../gitops/provenance/provenance.ts'
import { lastPublished, publishedBundle } from '../gitops/provenance/published.ts'
import { Refusal } from '../gitops/provenance/refusal.ts'
import type { RequiredChecks } from '../gitops/provenance/vouch.ts'
import { commitOf } from '../gitops/tree-at.ts'
import { openWriter } from '../publish/open.ts'
import { chosenChannel } from './channel.ts'
import { compiledAt } from './compiled-at.ts'
import { bringCompiler } from './compiler.ts'
import type { Environment } from './environment.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { githubOf, remoteOf } from './github.ts'
import { publishErp, readBundle } from './publication.ts'
import { releaseKey } from './release-key.ts'
import { readTrust } from './trusted.ts'
import { workplaceOf } from './workplace.ts'

export interface PublishOptions {
  root: string
  /** Only these are published; all are judged. */
  erps: readonly string[]
  /** What is published. Default HEAD. */
  commit: string
  /** Only where nothing was published yet: the commit that reviewed history begins after. */
  since?: string
  /** Publishes again what expires within so many days. */
  renewDays: number
  check: RequiredChecks
  format: 'text' | 'json'
  environment: Environment
}

const DAY_MS = 86_400_000

/**
 * `alcada publish`: what main says, signed with the release's key, under the next revision. It trusts no verdict of a
 * pull request: each one since the last published commit is judged again, and its approvals are asked of GitHub.
 */
export async function publish(options: PublishOptions): Promise<ExitCode> {
  const { root, environment } = options
  const place = workplaceOf(root)
  const chosen = chosenChannel(environment, place.channel)
  const trust = await readTrust(environment, place)
  const nowMs = Date.now()
  const key = await releaseKey(environment.release, { folder: place.folder, trust, nowMs })
  const head = await commitOf(root, options.commit)
  const opa = await bringCompiler(environment)
  const source = await openSource(chosen.target, chosen.access)
  const channel = await openWriter(chosen.target, chosen.access)
  try {
    const newest = await newestOf(await erpsAt(root, head), { channel: source, trust })
    const way = await wayTo(head, newest, { ...options, opa })
    const compiled = await compiledAt(head, { root, opa, colour: environment.colour })
    if (compiled === null) return EXIT.person
    const plans = compiled.map((erp) =>
      planOf({
        ...way,
        erp: erp.name,
        digest: erp.digest,
        head,
        newest: newest.get(erp.name) ?? null,
        nowMs,
        renewMs: options.renewDays * DAY_MS,
      }),
    )
    const done: Done[] = []
    for (const [index, plan] of plans.entries()) {
      const erp = compiled[index]
      if (erp === undefined || (options.erps.length > 0 && !options.erps.includes(plan.erp))) continue
      const above = newest.get(plan.erp)?.claims.revision ?? 0
      const revision =
        plan.does === 'publish'
          ? await publishErp(erp, { source, channel, trust, key, above, provenance: plan.provenance })
          : null
      done.push({ plan, revision })
    }
    process.stdout.write(
      options.format === 'json'
        ? `${JSON.stringify({ commit: head, erps: done.map(plain) })}\n`
        : done.map(line).join(''),
    )
    return done.some(({ plan }) => plan.does === 'refuse') ? EXIT.person : EXIT.done
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    process.stderr.write(`alcada: nothing is published: ${error.message} (${error.code})\n`)
    return EXIT.person
  } finally {
    source.close()
    channel.close()
  }
}

interface Done {
  plan: Plan
  /** The one it got; null where nothing was published. */
  revision: number | null
}

async function erpsAt(root: string, commit: string): Promise<string[]> {
  const paths = await simpleGit({ baseDir: root }).raw(['ls-tree', '--name-only', '-z', commit, 'erps/'])
  return paths
    .split('\0')
    .filter(Boolean)
    .map((path) => path.slice('erps/'.length))
}

async function newestOf(
  erps: readonly string[],
  { channel, trust }: { channel: ChannelSource; trust: Trust },
): Promise<Map<string, VerifiedBundle>> {
  const newest = new Map<string, VerifiedBundle>()
  for (const erp of erps) {
    const bytes = await readBundle(channel, erp)
    if (bytes !== null) newest.set(erp, publishedBundle(bytes, { erp, trust }))
  }
  return newest
}

type Way = Pick<Parameters<typeof planOf>[0], 'steps' | 'last'>

/** From what was published last to what is published now, every pull request on it judged. */
async function wayTo(
  head: string,
  newest: ReadonlyMap<string, VerifiedBundle>,
  { root, since, check, environment, opa }: PublishOptions & { opa: string },
): Promise<Way> {
  const last = await lastPublished(
    root,
    head,
    [...newest.values()].map(({ claims }) => claims),
  )
  if (last?.commit === head) return { steps: [], last }
  if (last !== null && since !== undefined) {
    throw new Refusal(
      'HISTORY_REWRITTEN',
      'something is published already, and `--since` is for the first time only; leave it out',
    )
  }
  const from = last?.commit ?? (since === undefined ? null : await commitOf(root, since))
  if (from === null) {
    throw new Refusal(
      'HISTORY_REWRITTEN',
      'nothing is published yet: say with `--since COMMIT` which commit of main reviewed history begins after',
    )
  }
  const github = await githubOf(root, environment)
  const { defaultBranch: branch } = await getRepository(github)
  const env = {
    PATH: environment.path,
    HOME: environment.home,
    ...(environment.opa === undefined ? {} : { ALCADA_OPA: environment.opa }),
  }
  const remote = remoteOf(github, environment)
  const range = { root, github, remote, branch, since: from, head }
  const steps = await provenanceOf({ ...range, check, opa, env, onProgress: progress })
  return { steps: await Promise.all(steps.map((step) => withPaths(root, step))), last }
}

async function withPaths(root: string, step: Step): Promise<Way['steps'][number]> {
  const { before, after } = step.merge
  const paths = await simpleGit({ baseDir: root }).raw(['diff', '--name-only', '--no-renames', '-z', before, after])
  return { ...step, paths: paths.split('\0').filter(Boolean) }
}

function progress(line: string): void {
  process.stderr.write(`${line}\n`)
}

function plain({ plan, revision }: Done): object {
  return plan.does === 'publish' ? { erp: plan.erp, does: plan.does, revision, ...plan.provenance } : plan
}

function line({ plan, revision }: Done): string {
  if (plan.does === 'refuse') return `${plan.sentence}\n`
  if (plan.does === 'keep') return `${plan.erp}: revision ${plan.revision} says this already\n`
  const { pull_request, author, approvers } = plan.provenance
  return `${plan.erp}: revision ${revision}, by #${pull_request} of ${author}, approved by ${approvers.join(' and ')}\n`
}
