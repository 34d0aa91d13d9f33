import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { candidateTold } from '../access/candidate-client.ts'
import { impactText } from '../report/impact.ts'
import { EXIT, type ExitCode } from './exit.ts'

export interface ImpactLiveOptions {
  /** Origin of the operations listener. */
  ops: string
  /** Holds a token for approvals; `-`: stdin. */
  tokenFile: string
  format: 'text' | 'json' | 'comment'
}

/** `alcada impact --live`: what a candidate beside the policy in force would have decided otherwise. */
export async function impactLive({ ops, tokenFile, format }: ImpactLiveOptions): Promise<ExitCode> {
  const token = (tokenFile === '-' ? await text(process.stdin) : await readFile(tokenFile, 'utf8')).trim()
  const told = await candidateTold({ ops, token })
  if (format !== 'text') {
    process.stdout.write(`${JSON.stringify(told)}\n`)
    return EXIT.done
  }
  const { state, revision, digest, commit, pull_request, since, error, dropped } = told.candidate
  if (state === 'none') {
    process.stdout.write('no candidate is decided beside the policy in force: `alcada build --candidate` makes one\n')
    return EXIT.done
  }
  if (state !== 'deciding') {
    const what = state === 'refused' ? 'the candidate was refused' : 'the candidate misbehaved and decides no more'
    process.stdout.write(`${what}: ${error?.code ?? ''}: ${error?.message ?? ''}\n`)
    return EXIT.done
  }
  const from = commit === null ? 'of no commit' : `of commit ${commit.slice(0, 12)}`
  const by = pull_request === null ? '' : `, pull request ${pull_request}`
  const lost = dropped === 0 ? '' : `; ${dropped} came too fast and were dropped`
  process.stdout.write(
    `candidate revision ${revision} (${from}${by}, content ${digest?.slice(0, 12)}) beside revision ${told.active}, since ${since}${lost}\n${impactText(told)}`,
  )
  return EXIT.done
}
