import { MAX_BODY, type PullReport, pullSummary } from './pull-request.ts'

const BEGIN = '<!-- alcada:summary -->'
const END = '<!-- /alcada:summary -->'

/** What a reviewer goes through. Also in .github/pull_request_template.md, for a pull request made in the browser. */
export const CHECKLIST: readonly string[] = [
  'Each row under “Somebody may do more” is meant, for every role it names.',
  'The row an auditor would look for stands in `decisions.yaml`.',
  'What was not tried out was read in the files.',
  'No password, key, name or account of anybody stands in it.',
]

/** The text of a new pull request: why, in its author's words; what it does; what to look at. */
export function pullBody(why: string, report: PullReport): string {
  const list = CHECKLIST.map((line) => `- [ ] ${line}`).join('\n')
  const around = `${why.trim()}\n\n${BEGIN}\n${END}\n\n### Before approving\n\n${list}\n`
  return withSummary(around, report)
}

/** The same text with the summary of now; what people wrote around it, and what they ticked, stays. */
export function withSummary(body: string, report: PullReport): string {
  const [start, end] = [body.indexOf(BEGIN), body.indexOf(END)]
  const [before, after] =
    start < 0 || end < start ? [`${body.trimEnd()}\n\n`, '\n'] : [body.slice(0, start), body.slice(end + END.length)]
  // Whatever people wrote, the summary gets at least a quarter of the room.
  const room = Math.max(MAX_BODY - before.length - after.length - BEGIN.length - END.length - 2, MAX_BODY / 4)
  return `${before}${BEGIN}\n${pullSummary(report, room)}${END}${after}`.slice(0, MAX_BODY)
}
