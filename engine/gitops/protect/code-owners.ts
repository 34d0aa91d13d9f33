import type { ApproverGroups } from '../risk/approvers.ts'

export const CODEOWNERS_FILE = '.github/CODEOWNERS'

/**
 * CODEOWNERS as it follows from the approvers: whoever may approve a policy is asked about it, and the second group about
 * all that decides what is run, checked or approved. GitHub reads the last line that matches.
 */
export function codeOwnersText({ first, second }: ApproverGroups): string {
  const names = (logins: readonly string[]): string => logins.map((login) => `@${login}`).join(' ')
  const any = [...new Set([...first, ...second])].sort()
  const lines =
    any.length === 0 ? NOBODY : [`* ${names(second)}`, `/policies/ ${names(any)}`].map((line) => line.trimEnd())
  return `${[HEADER, ...lines].join('\n')}\n`
}

const HEADER = `# Written by \`alcada protect --codeowners\` from approvers.yaml beside it; \`alcada doctor\` says when it is another.
# GitHub asks these people to review. Who has to approve is judged by approvers.yaml as the base has it.`

const NOBODY = ['# Nobody is listed there yet.']
