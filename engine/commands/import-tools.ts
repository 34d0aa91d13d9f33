import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectUpstream } from '../../servers/erp/upstream/connect.ts'
import { credentialsIn } from '../access/credentials.ts'
import type { Erp } from '../contract/erp.ts'
import type { Finding } from '../contract/finding.ts'
import { erpSources } from '../load/load.ts'
import { readYaml } from '../load/yaml.ts'
import { type Import, importTools, type ListedTool } from '../operate/import-tools.ts'
import { formatFindings } from '../report/findings.ts'
import { formatImport } from '../report/import.ts'
import { erpOf } from '../validate/erp-of.ts'
import { credentialStoreOf } from './credential-settings.ts'
import type { Environment } from './environment.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { upstreamPath } from './upstream-path.ts'
import { UsageError } from './usage-error.ts'
import { workplaceOf } from './workplace.ts'

export interface ImportToolsOptions {
  root: string
  erp: string
  /** Whose credential is used; default the only one in the store. */
  company?: string
  format: 'text' | 'json'
  environment: Environment
}

/**
 * `alcada import-tools`: connects to the upstream that erps/<erp>/erp.yaml names and writes what it lists into
 * tools.yaml, pinned, for review. Only an effect that a person declares makes a tool of it.
 */
export async function importToolsOf(options: ImportToolsOptions): Promise<ExitCode> {
  const { root, erp, format, environment } = options
  const sources = await erpSources(root, erp)
  const findings = [...sources.findings]
  const declared = erpOf({ name: erp, files: sources.files }, findings)
  if (declared === null || findings.length > 0) return refused(findings, sources.texts, environment)
  if (declared.kind !== 'mcp')
    throw new UsageError(`\`${erp}\` is of kind \`api\`: only an upstream MCP server has tools to import`)
  const listed = await listTools(declared, options)
  const path = join(root, 'erps', erp, 'tools.yaml')
  const before = sources.files.tools?.text ?? null
  const done = importTools(before, listed)
  // What is written has to be read by the same strict reader again.
  const unreadable = readYaml(`erps/${erp}/tools.yaml`, done.text).findings
  if (unreadable.length > 0) return refused(unreadable, { [`erps/${erp}/tools.yaml`]: done.text }, environment)
  if (done.text !== before) await writeFile(path, done.text)
  process.stdout.write(formatImport(erp, done, format))
  return needsPerson(done) ? EXIT.person : EXIT.done
}

function needsPerson({ vanished, refused }: Import): boolean {
  return vanished.length > 0 || refused.length > 0
}

function refused(findings: Finding[], texts: Record<string, string>, { colour }: Environment): ExitCode {
  process.stdout.write(formatFindings(findings, 'text', { colour, sources: texts }))
  return EXIT.person
}

async function listTools(erp: Erp, options: ImportToolsOptions): Promise<ListedTool[]> {
  const { root, environment } = options
  const { company, values } = await credentialOf(erp, options)
  const folder = await mkdtemp(join(tmpdir(), 'alcada-import-'))
  const connection = await connectUpstream({
    erp,
    baseUrl: erp.connection.baseUrl ?? '',
    allowedHosts: erp.connection.allowedHosts ?? [],
    company,
    folder,
    path: upstreamPath(root, environment),
    credential(name) {
      const value = values[name]
      if (value === undefined)
        throw new UsageError(`there is no \`${name}\` for company \`${company}\`: \`alcada credentials set\``)
      return value
    },
    said: (line) => void process.stderr.write(`${erp.process?.program ?? erp.name}: ${withoutValues(line, values)}\n`),
    changed: () => undefined,
    ended: () => undefined,
  })
  try {
    return await connection.list()
  } finally {
    await connection.close()
    await rm(folder, { recursive: true, force: true })
  }
}

function withoutValues(line: string, values: Record<string, string>): string {
  const known = Object.values(values).filter((value) => value.length >= 4)
  const clean = known.reduce((text, value) => text.replaceAll(value, '[secret]'), line)
  return clean.replace(/[^\x20-\x7e\u00a0-\uffff]/g, ' ')
}

async function credentialOf(
  { name, credentials }: Erp,
  { root, company, environment }: ImportToolsOptions,
): Promise<{ company: string; values: Record<string, string> }> {
  if (credentials.secret.length === 0 && (credentials.plain ?? []).length === 0)
    return { company: 'import', values: {} }
  const companies = await credentialsIn(credentialStoreOf(workplaceOf(root), name, environment.passed), company ?? null)
  const [only, ...others] = Object.entries(companies)
  if (only === undefined) throw new UsageError(`no credential: \`alcada credentials set ${name} --company CNPJ\``)
  if (others.length > 0) throw new UsageError('there are several companies: say whose credential with `--company`')
  return { company: only[0], values: only[1] }
}
