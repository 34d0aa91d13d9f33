import type { Finding } from '../../contract/finding.ts'
import { listNames, readText } from '../../load/disk.ts'
import type { YamlFile } from '../../load/tree.ts'
import { readYaml } from '../../load/yaml.ts'
import { pointerOf, reporter } from '../../validate/place.ts'
import { readShape, SHAPES } from '../../validate/shape.ts'
import { type ApproverGroups, type ApproversReading, approversIn } from './approvers.ts'

/** ERP → logins of its owners, in lower case and sorted: those who review its changes. */
export type OwnerLogins = Readonly<Record<string, readonly string[]>>

export interface People extends ApproversReading {
  owners: OwnerLogins
}

/** File of an ERP that says who answers for it. */
export function ownersFile(erp: string): string {
  return `policies/${erp}/owners.yaml`
}

/** Approvers and owners of the working tree, with what is wrong of either besides what `loadTree` and `validateTree` find. */
export async function peopleIn(project: string): Promise<People> {
  const approvers = await approversIn(project)
  const findings = [...approvers.findings]
  const owners: Record<string, string[]> = {}
  for (const erp of await listNames(project, 'policies', null)) {
    const { text } = await readText(project, ownersFile(erp))
    if (text === null) continue
    const { file, logins } = ownersOf(erp, text)
    owners[erp] = logins.map(({ login }) => login).sort()
    if (file !== null) checkApproving(file, logins, approvers.groups, findings)
  }
  return { ...approvers, owners, findings }
}

interface PlacedLogin {
  login: string
  at: string
}

/** What an owners.yaml says; nobody where its shape is wrong, which `validateTree` tells. */
export function ownersOf(erp: string, text: string): { file: YamlFile | null; logins: PlacedLogin[] } {
  const { file } = readYaml(ownersFile(erp), text)
  const read = readShape(file, SHAPES.owners, [])
  const logins = (read?.owners ?? []).flatMap(({ github }, index) =>
    github === undefined ? [] : [{ login: github.toLowerCase(), at: pointerOf('owners', index, 'github') }],
  )
  return { file, logins }
}

/** GitHub would take the approval of a code owner who is no approver here, and `publish` would not. */
function checkApproving(
  file: YamlFile,
  logins: readonly PlacedLogin[],
  { first, second }: ApproverGroups,
  findings: Finding[],
): void {
  const report = reporter(file, findings)
  for (const { login, at } of logins) {
    if (first.includes(login) || second.includes(login)) continue
    report.at(at, {
      code: 'OWNER_NO_APPROVER',
      message: `\`${login}\` is to review changes of this ERP and is no approver: it would not count`,
      help: 'list them in .github/approvers.yaml, or leave out `github` here',
    })
  }
}
