import { simpleGit } from 'simple-git'
import { runGate } from '../gitops/gate.ts'
import { stickyComment } from '../gitops/github/comments.ts'
import { getPull } from '../gitops/github/pulls.ts'
import { ownLogin } from '../gitops/github/repository.ts'
import { reportOf } from '../gitops/pull-report.ts'
import { MAX_BODY, type PullReport, pullSummary } from '../report/pull-request.ts'
import { bringCompiler } from './compiler.ts'
import type { Environment } from './environment.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { githubOf, needToken } from './github.ts'
import { impactFrom } from './impact-from.ts'

export interface CommentOptions {
  /** Checked out at the pull request's head. Its files are read, and nothing of it is run. */
  root: string
  /** Number of the pull request; absent: the summary is only printed. */
  pull?: number
  /** The branch it would be merged into. */
  base: string
  log: readonly string[]
  environment: Environment
}

/** Room for the marker that makes the comment findable. */
const ROOM = MAX_BODY - 100

/** `alcada comment`: what `propose` says of a change, as the one comment below a pull request, made once and then kept up to date. */
export async function comment(options: CommentOptions): Promise<ExitCode> {
  const { pull, environment, root } = options
  if (pull !== undefined) needToken(environment)
  const report = await judged(options)
  const body = pullSummary(report, ROOM)
  if (pull === undefined) {
    process.stdout.write(body)
    return EXIT.done
  }
  const github = await githubOf(root, environment)
  const { head } = await getPull(github, pull)
  if (head.sha !== report.head) {
    // A later commit has its own run: an old summary must not stand below it.
    const [now, then] = [head.sha.slice(0, 7), report.head.slice(0, 7)]
    process.stderr.write(`#${pull} is at ${now} and this is about ${then}: nothing was written; check out its head\n`)
    return EXIT.done
  }
  const mine = (await ownLogin(github)) ?? 'github-actions[bot]'
  const { url } = await stickyComment(github, { number: pull, name: 'summary', body, mine })
  process.stdout.write(`${url}\n`)
  return EXIT.done
}

async function judged({ root, base, log, environment }: CommentOptions): Promise<PullReport> {
  const opa = await bringCompiler(environment)
  const git = simpleGit({ baseDir: root })
  const head = (await git.revparse(['HEAD'])).trim()
  // What others changed on the base meanwhile is not of this change.
  const fork = (await git.raw(['merge-base', base, head]).catch(() => base)).trim()
  const gated = await runGate({ root, ref: fork, opa })
  return reportOf(gated, { root, approversAt: base, head, impact: impactFrom(log, opa) })
}
