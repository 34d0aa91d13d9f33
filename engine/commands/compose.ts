import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { hasErrors } from '../compile/project.ts'
import { loadTree } from '../load/load.ts'
import { composeProduction } from '../operate/compose.ts'
import { formatFindings } from '../report/findings.ts'
import type { Environment } from './environment.ts'
import { EXIT, type ExitCode } from './exit.ts'

/** Where it is written below the root. */
export const COMPOSE_FILE = 'servers/compose.production.yaml'

export interface ComposeOptions {
  root: string
  environment: Environment
}

/** `alcada compose`: writes `servers/compose.production.yaml` with a service for every ERP. */
export async function compose({ root, environment }: ComposeOptions): Promise<ExitCode> {
  const { tree, findings } = await loadTree(root)
  if (findings.length > 0) {
    process.stderr.write(formatFindings(findings, 'text', { colour: environment.colour, sources: tree.texts }))
  }
  if (hasErrors(findings)) return EXIT.person
  await writeFile(join(root, COMPOSE_FILE), composeText(Object.keys(tree.erps)))
  process.stdout.write(`${COMPOSE_FILE}\n`)
  return EXIT.done
}

/** The file of these ERPs, whole. */
export function composeText(erps: readonly string[]): string {
  // One service stands there as it is, without YAML's references to another.
  return `${HEAD}${stringify(composeProduction(erps), { lineWidth: 0, aliasDuplicateObjects: false })}`
}

const HEAD = `# Written by \`alcada compose\` from one template, engine/operate/compose.ts: change it there, and run it after an ERP came or went.
# install -d -o 65532 -g 65532 servers/front/omie && docker compose --project-name alcada --file servers/compose.production.yaml up --detach omie omie-front
`
