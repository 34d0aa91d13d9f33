import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { hasHiddenImport, importsOf, reexports } from './imports.ts'
import { environmentReaders, exceptions, roomOf, rooms, topLevel } from './rooms.ts'

/** One broken rule of the design, with the place it is broken in. */
export type Violation = { file: string; rule: string }

const LONGEST = 300
const OPA_WASM = '@open-policy-agent/opa-wasm'
const evaluator = 'engine/contract/evaluate.ts'
const dataFiles: Readonly<Record<string, RegExp>> = {
  erps: /\.(yaml|json|md)$/,
  policies: /\.(yaml|rego|md)$/,
}
// What names no job collects what belongs elsewhere.
const emptyNames = /^(utils?|common|helpers?|managers?)$/
const impure = /\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b|\bMath\.random\b|\bprocess\.|\bfetch\(|\bsetTimeout\(/
const pureModules = new Set(['node:buffer', 'node:crypto', 'node:util', 'node:zlib'])
const reachesOut = /^(simple-git|@octokit\/.*|chokidar)$/

/** Reads a tree and says where it leaves the design. `ignored` are names as in .gitignore. */
export function checkTree(root: string): Violation[] {
  const ignored = new Set(['.git', ...ignoredNames(root)])
  const found: Violation[] = []
  for (const entry of readdirSync(root)) {
    if (!ignored.has(entry) && !topLevel.has(entry))
      found.push({ file: entry, rule: 'no top-level entry beyond the closed list' })
  }
  for (const file of filesBelow(root, '', ignored)) {
    for (const rule of checkFile(file, () => readFileSync(join(root, file), 'utf8'))) found.push({ file, rule })
  }
  return found
}

function checkFile(file: string, read: () => string): string[] {
  const [top = ''] = file.split('/')
  const data = dataFiles[top]
  if (data !== undefined) {
    if (!data.test(file)) return [`${top}/ holds data only`]
    return file.endsWith('.rego') ? tooLong(read()) : []
  }
  if (file.startsWith('test/fixtures/') || !/\.(ts|mjs)$/.test(file) || !/^(engine|servers|test)\//.test(file))
    return []
  const text = read()
  return [...tooLong(text), ...names(file), ...imports(file, text), ...content(file, text)]
}

function tooLong(text: string): string[] {
  const lines = text.split('\n').length - 1
  return lines > LONGEST ? [`no file is past ${LONGEST} lines, this one has ${lines}`] : []
}

function names(file: string): string[] {
  const parts = file.replace(/(\.test)?\.(ts|mjs)$/, '').split('/')
  const broken: string[] = []
  if (parts.at(-1) === 'index') broken.push('no barrels: no file is called index')
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(parts.at(-1) ?? '')) broken.push('file names are kebab-case')
  const empty = parts[0] === 'test' ? undefined : parts.find((part) => emptyNames.test(part))
  if (empty !== undefined) broken.push(`\`${empty}\` names no job`)
  return broken
}

function imports(file: string, text: string): string[] {
  const room = roomOf(file)
  if (room === null) return [`the design has no room for this file`]
  const broken: string[] = []
  for (const { specifier, target, typesOnly } of importsOf(file, text)) {
    if (specifier === OPA_WASM && file !== evaluator && !file.startsWith('test/bench/'))
      broken.push(`only ${evaluator} imports ${OPA_WASM}`)
    if (room === 'test') continue
    if (target !== null) broken.push(...crossing(file, room, target, typesOnly))
    else if (room === 'engine/contract' && specifier.startsWith('node:') && !pureModules.has(specifier))
      broken.push(`engine/contract is pure: it does not import \`${specifier}\``)
    else if (room.startsWith('servers') && reachesOut.test(specifier))
      broken.push(`the enforcing process carries no \`${specifier}\``)
  }
  return broken
}

function crossing(file: string, room: string, target: string, typesOnly: boolean): string[] {
  const to = roomOf(target)
  if (to === room || exceptions[file] === to) return []
  const rule = rooms[room]
  if (to !== null && rule !== undefined) {
    if (rule.all.includes(to)) return []
    if (rule.types.includes(to)) return typesOnly ? [] : [`${room} may import only types of ${to} (\`${target}\`)`]
  }
  return [`${room} may not import ${to ?? 'what has no room'} (\`${target}\`)`]
}

function content(file: string, text: string): string[] {
  if (file.startsWith('test/')) return []
  const broken: string[] = []
  if (reexports(text)) broken.push('no barrels: what another file exports is imported from there')
  if (file !== 'engine/alcada.mjs' && hasHiddenImport(text)) broken.push('import() takes a literal')
  const code = text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
  if (
    /\bprocess\s*(\.\s*env\b|\[\s*['"]env)|\benv\b[^'"]*from 'node:process'/.test(code) &&
    !environmentReaders.includes(file)
  )
    broken.push(`only ${environmentReaders.join(' and ')} read the environment`)
  const clock = file.startsWith('engine/contract/') ? impure.exec(code)?.[0] : undefined
  if (clock !== undefined) broken.push(`engine/contract is pure: no \`${clock}\``)
  return broken
}

function ignoredNames(root: string): string[] {
  const lines = readFileSync(join(root, '.gitignore'), 'utf8').split('\n')
  return lines.map((line) => line.replace(/\/$/, '')).filter((line) => line !== '')
}

function* filesBelow(root: string, folder: string, ignored: ReadonlySet<string>): Generator<string> {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (ignored.has(entry.name)) continue
    if (entry.isDirectory()) yield* filesBelow(root, path, ignored)
    else yield path
  }
}
