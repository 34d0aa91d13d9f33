import type { ValidateFunction } from 'ajv'
import { simpleGit } from 'simple-git'
import { type Finding, sortFindings } from '../../contract/finding.ts'
import { readText } from '../../load/disk.ts'
import type { YamlFile } from '../../load/tree.ts'
import { readYaml } from '../../load/yaml.ts'
import { newAjv } from '../../validate/ajv.ts'
import { reporter } from '../../validate/place.ts'
import { object, setOf } from '../../validate/schemas/parts.ts'
import { readShape } from '../../validate/shape.ts'

/** Who may approve a change, by GitHub login in lower case. The second group is asked for what widens. */
export interface ApproverGroups {
  first: string[]
  second: string[]
}

export interface ApproversReading {
  /** Nobody, when the file is missing or has a finding. */
  groups: ApproverGroups
  findings: Finding[]
  exists: boolean
}

export const APPROVERS_FILE = '.github/approvers.yaml'

/** Nobody may approve anything. */
export const NO_APPROVERS: Readonly<ApproverGroups> = { first: [], second: [] }

/**
 * The approvers as a commit has them: a change cannot name those who approve it, so a gate asks its base.
 * @param commit anything git resolves to a commit
 */
export async function approversAt(project: string, commit: string): Promise<ApproversReading> {
  const git = simpleGit({ baseDir: project })
  // `./`: from the project root, wherever in its repository that is.
  const object = `${commit}:./${APPROVERS_FILE}`
  const there = await git.raw(['ls-tree', '--name-only', commit, '--', APPROVERS_FILE])
  return there.trim() === '' ? MISSING : approversOf(await git.raw(['cat-file', 'blob', object]))
}

/** The approvers of the working tree, with the findings of `alcada check`. */
export async function approversIn(project: string): Promise<ApproversReading> {
  const { text, finding } = await readText(project, APPROVERS_FILE)
  if (text !== null) return approversOf(text)
  return finding.code === 'FILE_MISSING' ? MISSING : { groups: NO_APPROVERS, findings: [finding], exists: true }
}

const MISSING: ApproversReading = { groups: NO_APPROVERS, findings: [], exists: false }

/** Reads the file's text. With a finding, nobody is in any group. */
export function approversOf(text: string): ApproversReading {
  const { file, findings } = readYaml(APPROVERS_FILE, text)
  const all = [...findings]
  const read = readShape(file, isApproversFile, all)
  if (file !== null && read !== null) checkLogins(read, file, all)
  const groups = read === null || all.length > 0 ? NO_APPROVERS : lowered(read)
  return { groups, findings: sortFindings(all), exists: true }
}

interface ApproversFile {
  approvers: ApproverGroups
}

const LOGIN = { type: 'string', minLength: 1, maxLength: 60, description: 'a GitHub login' }

const isApproversFile: ValidateFunction<ApproversFile> = newAjv().compile<ApproversFile>(
  object({ approvers: object({ first: setOf(LOGIN), second: setOf(LOGIN) }) }),
)

/** Letters, digits and single hyphens; in an enterprise's managed accounts, `_` and its short code behind. */
const WELL_FORMED = /^[a-z\d]+(-[a-z\d]+)*(_[a-z\d]+)?$/i

function checkLogins({ approvers }: ApproversFile, file: YamlFile, findings: Finding[]): void {
  const report = reporter(file, findings)
  for (const group of ['first', 'second'] as const) {
    const seen = new Set<string>()
    approvers[group].forEach((login, index) => {
      const at = `/approvers/${group}/${index}`
      if (/\[bot\]$|^app\//i.test(login)) {
        report.at(at, {
          code: 'APPROVER_NO_PERSON',
          message: `\`${login}\` is a program: it cannot answer for a change`,
          help: 'list the login of a person',
        })
      } else if (login.includes('/')) {
        report.at(at, {
          code: 'APPROVER_MALFORMED',
          message: `\`${login}\` looks like a team, and a workflow cannot read who is in one`,
          help: 'list the logins of its people',
        })
      } else if (!WELL_FORMED.test(login)) {
        report.at(at, {
          code: 'APPROVER_MALFORMED',
          message: `expected a GitHub login, got \`${login}\``,
          help: 'write it as in the address of the profile, without `@`',
        })
      } else if (seen.has(login.toLowerCase())) {
        report.at(at, {
          code: 'APPROVER_REPEATED',
          message: `\`${login}\` stands twice in this group`,
          help: 'remove one: GitHub does not tell capital letters apart',
        })
      }
      seen.add(login.toLowerCase())
    })
  }
}

function lowered({ approvers: { first, second } }: ApproversFile): ApproverGroups {
  return { first: first.map((login) => login.toLowerCase()), second: second.map((login) => login.toLowerCase()) }
}
