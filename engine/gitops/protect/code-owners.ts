import type { ApproverGroups } from '../risk/approvers.ts'
import type { OwnerLogins } from '../risk/owners.ts'

export const CODEOWNERS_FILE = '.github/CODEOWNERS'

/**
 * CODEOWNERS as it follows from approvers and owners: whoever may approve a policy is asked about it, and the second
 * group about all that decides what is run, checked or approved. Where two owners of an ERP may approve, they alone are
 * asked about that ERP: with one, nobody could be asked about what that one changes. GitHub reads the last line that matches.
 */
export function codeOwnersText({ first, second }: ApproverGroups, owners: OwnerLogins): string {
  const any = [...new Set([...first, ...second])].sort()
  if (any.length === 0) return textOf(NOBODY)
  const perErp = Object.keys(owners)
    .sort()
    .flatMap((erp) => [...line(`/erps/${erp}/`, owners[erp], second), ...line(`/policies/${erp}/`, owners[erp], any)])
  return textOf([`* ${names(second)}`, `/policies/ ${names(any)}`, ...perErp])
}

/** Nothing where fewer than two of the owners may approve: the lines above hold. */
function line(folder: string, owners: readonly string[] = [], approvers: readonly string[]): string[] {
  const asked = owners.filter((login) => approvers.includes(login))
  return asked.length < 2 ? [] : [`${folder} ${names(asked)}`]
}

function names(logins: readonly string[]): string {
  return logins.map((login) => `@${login}`).join(' ')
}

function textOf(lines: readonly string[]): string {
  return `${[HEADER, ...lines.map((one) => one.trimEnd())].join('\n')}\n`
}

const HEADER = `# Written by \`alcada protect --codeowners\` from approvers.yaml beside it and policies/*/owners.yaml; \`alcada doctor\` says when it
# is another. GitHub asks these people to review. Who has to approve is judged by approvers.yaml as the base has it.`

const NOBODY = ['# Nobody is listed there yet.']
