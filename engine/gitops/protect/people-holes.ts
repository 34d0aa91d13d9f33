import type { GitHub } from '../github/client.ts'
import { codeOwnersFaults, fileAt, foldersAt, permissionOf } from '../github/repository.ts'
import { APPROVERS_FILE, approversOf } from '../risk/approvers.ts'
import { type OwnerLogins, ownersFile, ownersOf } from '../risk/owners.ts'
import { CODEOWNERS_FILE, codeOwnersText } from './code-owners.ts'
import type { Hole } from './hole.ts'

/** What is wrong with who may approve, as the branch at GitHub has it. */
export async function peopleHoles(github: GitHub, branch: string): Promise<Hole[]> {
  const text = await fileAt(github, APPROVERS_FILE, branch)
  const help = `write it by a pull request: \`approvers: { first: [], second: [one-login, another] }\``
  if (text === null)
    return [{ code: 'APPROVERS_MISSING', message: `\`${APPROVERS_FILE}\` is not on \`${branch}\``, help }]
  const { groups, findings } = approversOf(text)
  const [finding] = findings
  if (finding !== undefined) {
    const message = `\`${APPROVERS_FILE}:${finding.line}\` on \`${branch}\`: ${finding.message}`
    return [{ code: finding.code, message, help: finding.help }]
  }
  const people = [...new Set([...groups.first, ...groups.second])].sort()
  return [
    ...fewPeople(people, groups.second),
    ...(await withoutRights(github, people)),
    ...(await ownersHoles(github, branch, codeOwnersText(groups, await ownersAt(github, branch)))),
  ]
}

/** The smallest team that works: two people, both in the second group. Either is the author, and the other approves. */
function fewPeople(people: readonly string[], second: readonly string[]): Hole[] {
  const help = `list two people in \`second\` of ${APPROVERS_FILE}: either opens a pull request, and the other approves it`
  if (people.length < 2) {
    const message = `${people.length === 0 ? 'nobody is' : 'one person is'} listed as approver: nobody could approve what that person changes, and \`publish\` refuses`
    return [{ code: 'APPROVERS_TOO_FEW', message, help }]
  }
  if (second.length >= 2) return []
  const who = second.length === 0 ? 'nobody is' : `only \`${second[0]}\` is`
  const message = `${who} in the second group: nobody else can approve what widens access or changes code${second.length === 0 ? '' : ' when that person opens it'}`
  return [{ code: 'SECOND_GROUP_TOO_SMALL', message, help }]
}

async function withoutRights(github: GitHub, people: readonly string[]): Promise<Hole[]> {
  const holes: Hole[] = []
  for (const login of people) {
    const right = await permissionOf(github, login)
    if (right === 'write' || right === 'admin') continue
    const message = `\`${login}\` is listed as approver and may ${right === 'read' ? 'only read' : 'not even read'} here: GitHub does not count their approval`
    holes.push({ code: 'APPROVER_WITHOUT_RIGHTS', message, help: 'give them write, or take them off the list' })
  }
  return holes
}

async function ownersAt(github: GitHub, branch: string): Promise<OwnerLogins> {
  const owners: Record<string, string[]> = {}
  for (const erp of await foldersAt(github, 'policies', branch)) {
    const text = await fileAt(github, ownersFile(erp), branch)
    if (text !== null)
      owners[erp] = ownersOf(erp, text)
        .logins.map(({ login }) => login)
        .sort()
  }
  return owners
}

async function ownersHoles(github: GitHub, branch: string, wanted: string): Promise<Hole[]> {
  const text = await fileAt(github, CODEOWNERS_FILE, branch)
  const help = '`alcada protect --codeowners` writes it from approvers and owners; then propose it'
  if (text === null)
    return [{ code: 'CODEOWNERS_MISSING', message: `\`${CODEOWNERS_FILE}\` is not on \`${branch}\``, help }]
  if (text !== wanted) {
    const message = `\`${CODEOWNERS_FILE}\` does not say what \`${APPROVERS_FILE}\` and each owners.yaml say`
    return [{ code: 'CODEOWNERS_STALE', message, help }]
  }
  const faults = await codeOwnersFaults(github, branch)
  return faults.map((message) => ({
    code: 'CODEOWNERS_FAULTY',
    message: `GitHub on \`${CODEOWNERS_FILE}\`: ${message}`,
    help,
  }))
}
