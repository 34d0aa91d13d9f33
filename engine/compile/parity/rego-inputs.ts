import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { CheckedErp } from '../../validate/checked.ts'
import { runCompiler } from '../compiler/run.ts'
import { parseLocated } from '../located.ts'
import { isTest, type Staging } from '../staging.ts'
import type { Origin } from './case.ts'
import { type InputSite, inputSites } from './input-sites.ts'

/** An input that some Rego test asks with, and the configuration beside it. */
export interface TakenInput {
  input: object
  /** Null: the test gives none, or a part of one. */
  config: object | null
  origin: Origin
}

export interface TakenInputs {
  taken: TakenInput[]
  /** `file:line` and why, of each input that could not be taken. */
  left: string[]
}

/**
 * The inputs of all Rego tests, as the tests themselves come to them: every value after `with input as` is handed through
 * a function that prints it, and `opa test` runs the tests as they are otherwise. So an input that is computed, looped
 * over or given to a function is taken as exactly what the rule was asked with.
 */
export async function regoTestInputs({ rego }: CheckedErp, staging: Staging, compiler: string): Promise<TakenInputs> {
  const dir = join(staging.bundle, '..', 'parity')
  const folder = join(dir, 'tests')
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const tests = Object.fromEntries(Object.entries(rego).filter(([path]) => isTest(path)))
  const files = await parseLocated(tests, compiler, dir)
  if (files === null) return { taken: [], left: ['all Rego tests: one of them does not parse'] }
  const { sites, partial } = inputSites(files)
  await Promise.all([
    write(join(folder, 'took.rego'), TOOK),
    ...files.map(({ path, text }) => write(join(folder, path), listening(path, text, sites))),
  ])
  const args = ['test', 'bundle', folder, '--format', 'json']
  const { stdout } = await runCompiler(compiler, args, { cwd: join(staging.bundle, '..') })
  const taken = takenFrom(stdout, sites)
  const reached = new Set(taken.map(({ site }) => site))
  const silent = sites.flatMap((site) =>
    reached.has(site) ? [] : [`${site.file}:${site.span.line} no test comes there with an object`],
  )
  return { taken, left: [...partial.map((place) => `${place} gives a part of the input only`), ...silent] }
}

const MARK = 'alcada-parity'

const TOOK = `package alcada_parity

took(site, input_, config) := input_ if print("${MARK}", site, json.marshal([input_, config]))
`

/** The text with every site's value handed through `took`. */
function listening(path: string, text: string, sites: readonly InputSite[]): string {
  // The configuration goes through the same call: of one asked alone with the same value, OPA would print the first only.
  const insertions = sites.flatMap(({ file, span, config }, site) =>
    file === path
      ? [
          { at: span.start, words: `data.alcada_parity.took(${site}, ` },
          { at: span.end, words: `, ${config ?? 'null'})` },
        ]
      : [],
  )
  return insertions
    .sort((a, b) => b.at - a.at)
    .reduce((whole, { at, words }) => whole.slice(0, at) + words + whole.slice(at), text)
}

function takenFrom(report: string, sites: readonly InputSite[]): (TakenInput & { site: InputSite })[] {
  return printedBy(report).flatMap(([, index = '', json = '']) => {
    const site = sites[Number(index)]
    const [input, config]: unknown[] = JSON.parse(json)
    if (site === undefined || !isRecord(input)) return []
    const { line, column } = site.span
    const origin: Origin = { kind: 'rego_test', words: 'a Rego test', file: site.file, line, column }
    return [{ input, config: isRecord(config) ? config : null, origin, site }]
  })
}

/** What the tests printed through `took`; they may print words of their own beside it. */
function printedBy(report: string): RegExpExecArray[] {
  const results: unknown = JSON.parse(report === '' ? '[]' : report)
  const outputs = Array.isArray(results) ? results.map((one) => (isRecord(one) ? one['output'] : undefined)) : []
  return outputs
    .flatMap((output) => (typeof output === 'string' ? Buffer.from(output, 'base64').toString('utf8') : '').split('\n'))
    .map((line) => LINE.exec(line))
    .filter((found) => found !== null)
}

const LINE = new RegExp(`^${MARK} (\\d+) (.*)$`)

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
