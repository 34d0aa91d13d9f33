import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hasErrors } from '../compile/project.ts'
import { loadTree } from '../load/load.ts'
import { draftErp } from '../operate/new-erp/draft.ts'
import { workflowFile } from '../operate/new-erp/files/workflow-file.ts'
import type { NewErp } from '../operate/new-erp/request.ts'
import { isThere, stageFiles } from '../operate/new-erp/write.ts'
import { formatFindings } from '../report/findings.ts'
import { validateTree } from '../validate/validate.ts'
import { COMPOSE_FILE, composeText } from './compose.ts'
import type { Environment } from './environment.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { KUBERNETES_FOLDER, kubernetesTexts } from './kubernetes.ts'
import { type Given, newErpInput } from './new-erp-input.ts'
import { newErpJson, newErpText } from './new-erp-report.ts'
import { UsageError } from './usage-error.ts'

export interface NewErpOptions extends Given {
  root: string
  environment: Environment
  format: 'text' | 'json'
}

/**
 * `alcada new-erp`: writes everything of a new ERP, or nothing. What there is stays as it is, but for the Compose file
 * that `alcada compose` writes, which gets one service more.
 */
export async function newErp({ root, environment, format, ...given }: NewErpOptions): Promise<ExitCode> {
  const erp = await newErpInput(given, environment.asking)
  await refuseTaken(root, erp)
  const draft = draftErp(erp)
  if (draft.imported.tools.length === 0) {
    throw new UsageError(
      'nothing in the description has a name that the vocabulary knows; leave it out, and write tools.yaml by hand',
    )
  }
  const deployed = await deployFiles(root, erp)
  const overlay = Object.keys(deployed).some((path) => path.startsWith(overlayOf(erp.name)))
    ? [overlayOf(erp.name)]
    : []
  const staged = await stageFiles(root, { ...draft.files, ...deployed }, [
    `erps/${erp.name}`,
    `policies/${erp.name}`,
    ...overlay,
  ])
  try {
    if (!(await passes(staged.folder, environment))) return EXIT.failed
    await staged.place()
  } finally {
    await staged.discard()
  }
  const compose = await addToCompose(root)
  const written = [...Object.keys({ ...draft.files, ...deployed }), ...(compose ? [COMPOSE_FILE] : [])].sort()
  process.stdout.write((format === 'json' ? newErpJson : newErpText)(erp, draft.imported, written, { compose }))
  return EXIT.done
}

const SHARED_WORKFLOW = '.github/workflows/deploy.yml'
const workflowPath = (erp: string): string => `.github/workflows/deploy-${erp}.yml`
const overlayOf = (erp: string): string => `${KUBERNETES_FOLDER}/overlays/${erp}`

/** What runs its server, where the project has the like for other ERPs. */
async function deployFiles(root: string, { name, apiUrl }: NewErp): Promise<Record<string, string>> {
  const workflow = await isThere(join(root, SHARED_WORKFLOW))
  const overlays = await isThere(join(root, KUBERNETES_FOLDER))
  const manifests = Object.entries(kubernetesTexts([{ name, baseUrl: apiUrl }])).map(
    ([path, text]) => [`${KUBERNETES_FOLDER}/${path}`, text] as const,
  )
  return {
    ...(workflow ? { [workflowPath(name)]: workflowFile(name) } : {}),
    ...(overlays ? Object.fromEntries(manifests.filter(([path]) => path.startsWith(`${overlayOf(name)}/`))) : {}),
  }
}

async function refuseTaken(root: string, { name }: NewErp): Promise<void> {
  for (const path of [`erps/${name}`, `policies/${name}`, workflowPath(name), overlayOf(name)]) {
    if (await isThere(join(root, path)))
      throw new UsageError(`\`${path}\` is there already, and nothing is overwritten: take another name`)
  }
}

/** What is written passes the validator, whatever a description says. */
async function passes(folder: string, { colour }: Environment): Promise<boolean> {
  const { tree, findings } = await loadTree(folder)
  const all = [...findings, ...validateTree(tree).findings]
  if (!hasErrors(all)) return true
  process.stderr.write(formatFindings(all, 'text', { colour, sources: tree.texts }))
  process.stderr.write('nothing was written: the description leads to this, which is a fault of `alcada new-erp`\n')
  return false
}

/** A service more, where the file is as `alcada compose` wrote it for the ERPs before. */
async function addToCompose(root: string): Promise<boolean> {
  const file = join(root, COMPOSE_FILE)
  if (!(await isThere(file))) return false
  const erps = Object.keys((await loadTree(root)).tree.erps)
  const before = await readFile(file, 'utf8')
  const isOurs = erps.some((name) => composeText(erps.filter((other) => other !== name)) === before)
  if (!isOurs) return false
  await writeFile(`${file}.new`, composeText(erps))
  await rename(`${file}.new`, file)
  return true
}
