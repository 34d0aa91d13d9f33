import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { stringify } from 'yaml'
import { hasErrors } from '../compile/project.ts'
import { readPointer } from '../contract/pointer.ts'
import { loadTree } from '../load/load.ts'
import type { Tree } from '../load/tree.ts'
import { type ErpAddress, kubernetesFiles } from '../operate/kubernetes/manifests.ts'
import { formatFindings } from '../report/findings.ts'
import type { Environment } from './environment.ts'
import { EXIT, type ExitCode } from './exit.ts'

/** Where they are written below the root. */
export const KUBERNETES_FOLDER = 'servers/kubernetes'

export interface KubernetesOptions {
  root: string
  environment: Environment
}

/** `alcada kubernetes`: writes the manifests of every ERP's server, and removes those of an ERP that is gone. */
export async function kubernetes({ root, environment }: KubernetesOptions): Promise<ExitCode> {
  const { tree, findings } = await loadTree(root)
  if (findings.length > 0) {
    process.stderr.write(formatFindings(findings, 'text', { colour: environment.colour, sources: tree.texts }))
  }
  if (hasErrors(findings)) return EXIT.person
  const folder = join(root, KUBERNETES_FOLDER)
  const texts = kubernetesTexts(erpAddresses(tree))
  for (const [path, text] of Object.entries(texts)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
  for (const path of await readdir(folder, { recursive: true })) {
    if (!path.endsWith('.yaml') || path.replaceAll('\\', '/') in texts) continue
    // What somebody put there by hand is theirs.
    if ((await readFile(join(folder, path), 'utf8')).startsWith(HEAD)) await rm(join(folder, path))
  }
  process.stdout.write(`${KUBERNETES_FOLDER}: ${Object.keys(texts).length} files\n`)
  return EXIT.done
}

/** The files of these ERPs by their path, whole. */
export function kubernetesTexts(erps: readonly ErpAddress[]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(kubernetesFiles(erps)).map(([path, objects]) => [
      path,
      `${HEAD}${objects.map((object) => stringify(object, { lineWidth: 0, aliasDuplicateObjects: false })).join('---\n')}`,
    ]),
  )
}

export function erpAddresses(tree: Tree): ErpAddress[] {
  return Object.entries(tree.erps).map(([name, { files }]) => {
    const baseUrl = readPointer(files.erp?.value, '/connection/baseUrl')
    return { name, baseUrl: typeof baseUrl === 'string' && URL.canParse(baseUrl) ? baseUrl : null }
  })
}

const HEAD =
  '# Written by `alcada kubernetes` from one template, engine/operate/kubernetes: change it there, or in an overlay of your own.\n'
