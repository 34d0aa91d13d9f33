import type { ApproverGroups } from '../gitops/risk/approvers.ts'
import { promptValues } from './secret-prompt.ts'
import { UsageError } from './usage-error.ts'

export interface Owner {
  erp: string
  email: string
  /** GitHub login, or null. */
  login: string | null
}

export interface InitPeople {
  first: string[]
  second: string[]
  owners: Owner[]
}

interface Given {
  first: readonly string[] | undefined
  second: readonly string[] | undefined
  owners: readonly string[]
}

const SECOND = 'GitHub logins who approve everything (two or more, commas between)'
const FIRST = 'those who approve only what widens nothing (commas between; may be empty)'

/** The people that were named, else those that are listed already; where nobody is, a terminal is asked. @throws UsageError */
export async function askedPeople({ first, second, owners }: Given, listed: ApproverGroups): Promise<InitPeople> {
  const named = owners.map(ownerOf)
  if (second === undefined && listed.second.length > 0) {
    return { first: [...(first ?? listed.first)], second: listed.second, owners: named }
  }
  if (second !== undefined) return { first: [...(first ?? [])], second: [...second], owners: named }
  if (process.stdin.isTTY !== true) {
    throw new UsageError('expected --second LOGIN,LOGIN: who approves a change; without a terminal nobody can be asked')
  }
  const asked = [SECOND, ...(first === undefined ? [FIRST] : [])]
  const answers = await promptValues(asked.map((name) => ({ name, secret: false })))
  const logins = (name: string): string[] => (answers[name] ?? '').split(',').flatMap((one) => one.trim() || [])
  const everybody = logins(SECOND)
  if (everybody.length === 0) throw new UsageError('expected somebody who approves: nothing was changed')
  return { first: first === undefined ? logins(FIRST) : [...first], second: everybody, owners: named }
}

function ownerOf(text: string): Owner {
  const [, erp, email, login] = /^([a-z][a-z0-9_-]*)=([^\s@:,{}]+@[^\s@:,{}]+)(?::([A-Za-z0-9_-]+))?$/.exec(text) ?? []
  if (erp === undefined || email === undefined) {
    throw new UsageError(`expected --owner as \`omie=finance@company.example:login\`, got \`${text}\``)
  }
  return { erp, email, login: login ?? null }
}
