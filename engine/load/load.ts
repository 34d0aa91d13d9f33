import { type Finding, sortFindings } from '../contract/finding.ts'
import { listNames, MAX_STAND_IN_BYTES, readText } from './disk.ts'
import type { ErpSources, SourceName, Tree, YamlFile } from './tree.ts'
import { readYaml } from './yaml.ts'

export interface Loaded {
  tree: Tree
  findings: Finding[]
}

/**
 * Reads erps/ and policies/ below `root`. `erps` limits it to some of them; a name that is not there is a finding.
 * Never throws for what people wrote; throws where the disk itself fails.
 */
export async function loadTree(root: string, erps?: readonly string[]): Promise<Loaded> {
  const tree: Tree = { root, erps: {}, sharedRego: {}, texts: {} }
  const found = await namesOf(root)
  const findings = unpaired(found, erps)
  for (const name of found.both.filter((each) => erps === undefined || erps.includes(each))) {
    tree.erps[name] = await loadErp(tree, name, findings)
  }
  tree.sharedRego = await loadRego(tree, 'policies/shared', findings)
  return { tree, findings: sortFindings(findings) }
}

interface Names {
  erps: string[]
  policies: string[]
  both: string[]
}

async function namesOf(root: string): Promise<Names> {
  const erps = await listNames(root, 'erps', null)
  const policies = (await listNames(root, 'policies', null)).filter((name) => name !== 'shared')
  return { erps, policies, both: erps.filter((name) => policies.includes(name)) }
}

/** The folder name is an OPA package, beside `shared` and the data root `config`. */
const NAME = /^[a-z][a-z0-9_]{0,31}$/
const TAKEN = new Set(['shared', 'config', 'data', 'input', 'system'])

function unpaired(names: Names, wanted: readonly string[] | undefined): Finding[] {
  const findings: Finding[] = []
  const add = (code: string, file: string, message: string, help: string): void => {
    findings.push({ code, severity: 'error', file, line: 1, column: 1, message, help })
  }
  const selected = (name: string): boolean => wanted === undefined || wanted.includes(name)
  for (const name of names.erps.filter(selected)) {
    const file = `erps/${name}/erp.yaml`
    if (!NAME.test(name) || TAKEN.has(name)) {
      add(
        'ERP_NAME',
        file,
        `\`${name}\` cannot be an ERP's name`,
        'rename the folder: lower case, digits, underscore, no reserved word',
      )
    }
    if (!names.policies.includes(name)) {
      add(
        'ERP_WITHOUT_POLICY',
        file,
        `no policy for \`${name}\``,
        `create policies/${name}: without a policy nothing is allowed`,
      )
    }
  }
  for (const name of names.policies.filter((each) => selected(each) && !names.erps.includes(each))) {
    add(
      'POLICY_WITHOUT_ERP',
      `policies/${name}/rbac.yaml`,
      `no ERP \`${name}\``,
      `create erps/${name}, or remove this folder`,
    )
  }
  const known = new Set([...names.erps, ...names.policies])
  for (const name of (wanted ?? []).filter((each) => !known.has(each))) {
    add('ERP_UNKNOWN', `erps/${name}/erp.yaml`, `ERP \`${name}\` does not exist`, `known: ${names.erps.join(', ')}`)
  }
  if (wanted === undefined && names.erps.length === 0) {
    add('ERP_UNKNOWN', 'erps', 'no ERP found', 'run it where the folders erps and policies are')
  }
  return findings
}

/** What stands in `erps/<erp>` alone: there may be no policy yet, and no tools, of which nothing is said. */
export async function erpSources(
  root: string,
  name: string,
): Promise<{ files: Pick<ErpSources['files'], 'erp' | 'tools'>; findings: Finding[]; texts: Tree['texts'] }> {
  const tree: Tree = { root, erps: {}, sharedRego: {}, texts: {} }
  const findings: Finding[] = []
  const erp = await loadYaml(tree, `erps/${name}/erp.yaml`, findings)
  const tools = await loadOptional(tree, `erps/${name}/tools.yaml`, findings)
  return { files: { erp, tools }, findings, texts: tree.texts }
}

async function loadErp(tree: Tree, name: string, findings: Finding[]): Promise<ErpSources> {
  const read = async (folder: string, file: Exclude<SourceName, 'standIn'>): Promise<YamlFile | null> =>
    loadYaml(tree, `${folder}/${name}/${file}.yaml`, findings)
  const files = {
    erp: await read('erps', 'erp'),
    tools: await read('erps', 'tools'),
    standIn: await loadOptional(tree, `erps/${name}/sandbox/stand-in.yaml`, findings, MAX_STAND_IN_BYTES),
    security: await read('policies', 'security'),
    rbac: await read('policies', 'rbac'),
    alerts: await read('policies', 'alerts'),
    owners: await loadOwners(tree, name, findings),
    decisions: await read('policies', 'decisions'),
  }
  const rego = await loadRego(tree, `policies/${name}`, findings)
  return { name, files, rego }
}

/** A policy of before there were owners is still one: nobody answers for it, and that is said. */
async function loadOwners(tree: Tree, name: string, findings: Finding[]): Promise<YamlFile | null> {
  const own: Finding[] = []
  const file = await loadYaml(tree, `policies/${name}/owners.yaml`, own)
  const told = own.map((finding) => (finding.code === 'FILE_MISSING' ? withoutOwner(finding, name) : finding))
  findings.push(...told)
  return file
}

function withoutOwner(missing: Finding, name: string): Finding {
  const help = `create \`${missing.file}\`: \`owners: [{ email: who@answers.example }]\``
  return { ...missing, code: 'OWNER_MISSING', severity: 'warning', message: `nobody answers for \`${name}\``, help }
}

/** Of a file that may be missing, nothing is said where it is. */
async function loadOptional(tree: Tree, path: string, findings: Finding[], most?: number): Promise<YamlFile | null> {
  const own: Finding[] = []
  const file = await loadYaml(tree, path, own, most)
  findings.push(...own.filter(({ code }) => code !== 'FILE_MISSING'))
  return file
}

async function loadYaml(tree: Tree, path: string, findings: Finding[], most?: number): Promise<YamlFile | null> {
  const { text, finding } = await readText(tree.root, path, most)
  if (text === null) {
    findings.push(finding)
    return null
  }
  tree.texts[path] = text
  const reading = readYaml(path, text)
  findings.push(...reading.findings)
  return reading.file
}

async function loadRego(tree: Tree, folder: string, findings: Finding[]): Promise<Record<string, string>> {
  const sources: Record<string, string> = {}
  for (const name of await listNames(tree.root, folder, '.rego')) {
    const path = `${folder}/${name}`
    const { text, finding } = await readText(tree.root, path)
    if (text === null) findings.push(finding)
    else {
      sources[path] = text
      tree.texts[path] = text
    }
  }
  return sources
}
