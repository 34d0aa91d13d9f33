import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type KeySummary, listKeys, newKey } from '../access/keys.ts'
import { releaseTrust } from '../access/public-keys.ts'
import { hasErrors } from '../compile/project.ts'
import type { Finding } from '../contract/finding.ts'
import { SetError, withValue } from '../gitops/propose/set-value.ts'
import { CODEOWNERS_FILE, codeOwnersText } from '../gitops/protect/code-owners.ts'
import { APPROVERS_FILE, approversOf } from '../gitops/risk/approvers.ts'
import { ownersFile, peopleIn } from '../gitops/risk/owners.ts'
import { readText } from '../load/disk.ts'
import { formatFindings } from '../report/findings.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { askedPeople } from './init-questions.ts'
import { initText } from './init-report.ts'
import { UsageError } from './usage-error.ts'
import { openWorkplace } from './workplace.ts'

export interface InitOptions {
  root: string
  /** GitHub logins; undefined: those that are listed already, or who is named in a terminal. */
  first: readonly string[] | undefined
  second: readonly string[] | undefined
  /** `ERP=EMAIL[:LOGIN]` each. */
  owners: readonly string[]
  /** Validity of a key that is made, in days. Default 365. */
  days: number | undefined
  format: 'text' | 'json'
}

/** What was written, relative to the project root, and the key that signs releases. */
export interface Initialized {
  written: string[]
  key: KeySummary
  /** True: it was made now. */
  made: boolean
  /** Its private half, relative to the project root. */
  keyFile: string
}

const TRUST_FILE = 'trust.json'

/**
 * `alcada init`: people and the release's key of a checkout that becomes a company's. Nothing is written when something
 * of it is wrong; run again, it changes what is named and keeps the key.
 * @throws UsageError without anybody in the second group, or for an ERP that is not there
 */
export async function init(options: InitOptions): Promise<ExitCode> {
  const { root, days, format } = options
  const approvers = await textOf(root, APPROVERS_FILE)
  const { first, second, owners } = await askedPeople(options, approversOf(approvers).groups)
  const approving = new Set([...first, ...second].map((login) => login.toLowerCase()))
  if (approving.size < 2) throw new UsageError('expected at least two people: nobody approves their own change')
  for (const { erp, login } of owners) {
    if (login === null || approving.has(login.toLowerCase())) continue
    throw new UsageError(
      `\`${login}\` is to review \`${erp}\` and approves nothing: name them in --first or --second too`,
    )
  }
  const texts = new Map<string, string>()
  try {
    const withFirst = withValue(approvers, { file: APPROVERS_FILE, pointer: '/approvers/first', value: list(first) })
    texts.set(
      APPROVERS_FILE,
      withValue(withFirst, { file: APPROVERS_FILE, pointer: '/approvers/second', value: list(second) }),
    )
    for (const { erp, email, login } of owners) {
      const file = ownersFile(erp)
      const value = login === null ? `{ email: ${email} }` : `{ email: ${email}, github: ${login} }`
      texts.set(file, withValue(await textOf(root, file), { file, pointer: '/owners/0', value }))
    }
  } catch (error) {
    if (error instanceof SetError) throw new UsageError(error.message)
    throw error
  }
  const { groups, findings } = approversOf(texts.get(APPROVERS_FILE) ?? '')
  if (hasErrors(findings)) return refused(findings)

  for (const [file, text] of texts) await writeFile(join(root, file), text)
  const people = await peopleIn(root)
  const { folder } = await openWorkplace(root)
  const known = (await listKeys(folder)).find((key) => key.use === 'bundle' && usable(key))
  const key = known ?? (await newKey({ folder, use: 'bundle', days }))
  await writeFile(join(root, CODEOWNERS_FILE), codeOwnersText(groups, people.owners))
  await writeFile(join(root, TRUST_FILE), `${JSON.stringify(await releaseTrust(folder), null, 2)}\n`)
  const done: Initialized = {
    written: [...texts.keys(), CODEOWNERS_FILE, TRUST_FILE],
    key,
    made: known === undefined,
    keyFile: `.alcada/keys/${key.id}.json`,
  }
  process.stdout.write(format === 'json' ? `${JSON.stringify(done)}\n` : initText(done))
  return hasErrors(people.findings) ? refused(people.findings) : EXIT.done
}

function usable({ development, state, can_sign }: KeySummary): boolean {
  return !development && state === 'active' && can_sign
}

function refused(findings: readonly Finding[]): ExitCode {
  process.stdout.write(formatFindings([...findings], 'text'))
  return EXIT.person
}

async function textOf(root: string, file: string): Promise<string> {
  const { text } = await readText(root, file)
  if (text === null) throw new UsageError(`\`${file}\` is not there`)
  return text
}

function list(logins: readonly string[]): string {
  return `[${logins.join(', ')}]`
}
