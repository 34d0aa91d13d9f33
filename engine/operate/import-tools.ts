import { isMap, isScalar, type Node, type Pair, parseDocument, stringify, type YAMLMap } from 'yaml'
import { pinOf, plainName, TOOL_NAME, type UpstreamTool } from '../contract/upstream-tool.ts'
import type { Effect } from '../contract/vocabulary.ts'

/** What an upstream lists, with what it claims about each tool. */
export interface ListedTool extends UpstreamTool {
  annotations?: { readOnlyHint?: boolean | undefined; destructiveHint?: boolean | undefined } | undefined
}

export interface Import {
  /** tools.yaml as it should be now. */
  text: string
  added: string[]
  /** `kept`: somebody had put other words or schemas there, which stay; only the pin is new. */
  changed: { name: string; kept: boolean; now: ListedTool }[]
  /** In the file, and no more at the upstream. */
  vanished: string[]
  same: string[]
  /** Not imported: their names can be taken for others. */
  refused: { name: string; reason: string }[]
}

/** Longest description tools.yaml takes, in characters. */
const LONGEST = 2_000
const EMPTY = 'records: {}\ntools: {}\n'

/**
 * Puts what an upstream lists into the text of tools.yaml. What somebody wrote there stays byte for byte: of a tool that
 * is there only what had been imported and is another now is replaced. An added tool has no effect, so nobody has it.
 */
export function importTools(before: string | null, listed: readonly ListedTool[]): Import {
  const { taken, refused } = distinct(listed)
  const file = before ?? EMPTY
  const entries = entriesOf(file)
  const byUpstream = new Map(entries.map((entry) => [entry.upstream, entry]))
  const result: Import = { text: '', added: [], changed: [], vanished: [], same: [], refused }
  const edits: Edit[] = []
  for (const tool of taken) {
    const entry = byUpstream.get(tool.name)
    if (entry === undefined) result.added.push(tool.name)
    else if (entry.pin === pinOf(tool)) result.same.push(tool.name)
    else {
      const kept = !asImported(entry)
      edits.push(...(kept ? pinEdits(entry, tool) : allEdits(entry, tool)))
      result.changed.push({ name: tool.name, kept, now: tool })
    }
  }
  const there = new Set(listed.map(({ name }) => name))
  result.vanished = entries.map(({ upstream }) => upstream).filter((name) => !there.has(name))
  const edited = edits.sort((a, b) => b.from - a.from).reduce(applied, file)
  const added = taken.filter(({ name }) => result.added.includes(name)).map(entryText)
  return { ...result, text: withAdded(edited, added) }
}

function distinct(listed: readonly ListedTool[]): { taken: ListedTool[]; refused: Import['refused'] } {
  const refused: Import['refused'] = []
  const taken: ListedTool[] = []
  for (const tool of listed) {
    const { name } = tool
    const alike = listed.filter((other) => plainName(other.name) === plainName(name))
    const others = alike.filter((other) => other !== tool).map((other) => `\`${printable(other.name)}\``)
    if (!TOOL_NAME.test(name))
      refused.push({ name: printable(name), reason: 'its name has other characters than a tool’s name may have' })
    else if (others.length > 0) refused.push({ name, reason: `its name can be taken for ${others.join(', ')}` })
    else if (pinOf(tool) === null) refused.push({ name, reason: 'what it says of itself cannot be pinned' })
    else taken.push(tool)
  }
  return { taken, refused }
}

/** Nothing invisible, nothing that moves a terminal's cursor. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`).slice(0, 200)
}

interface Entry {
  upstream: string
  pin: unknown
  value: Record<string, unknown>
  /** Indentation of the entry's keys, in characters. */
  indent: number
  node: YAMLMap
  /** The whole file, into which the node's places point. */
  file: string
}

interface Edit {
  from: number
  to: number
  text: string
}

function applied(text: string, { from, to, text: more }: Edit): string {
  return text.slice(0, from) + more + text.slice(to)
}

function entriesOf(text: string): Entry[] {
  const tools = toolsOf(text)
  return (tools?.items ?? []).flatMap((pair) => {
    const { key, value: node } = pair
    if (!isScalar(key) || !isMap(node)) return []
    const value = Object(node.toJSON())
    const called: unknown = Object(value.native).call
    const upstream = typeof called === 'string' ? called : String(key.value)
    const first = node.items[0]?.key
    const start = isNode(first) ? (first.range?.[0] ?? 0) : 0
    return [
      { upstream, pin: value.pin, value, node, file: text, indent: start - (text.lastIndexOf('\n', start - 1) + 1) },
    ]
  })
}

function toolsOf(text: string): YAMLMap | null {
  const { contents } = parseDocument(text, { version: '1.2', schema: 'core' })
  const tools = isMap(contents) ? contents.get('tools', true) : undefined
  return isMap(tools) ? tools : null
}

function isNode(value: unknown): value is Node {
  return isScalar(value)
}

/** Whether words and schemas are still those that were imported. */
function asImported({ upstream, pin, value }: Entry): boolean {
  const { description, input, output } = value
  const words = typeof description === 'string' ? description : undefined
  return pinOf({ name: upstream, description: words, inputSchema: input, outputSchema: output }) === pin
}

function pinEdits(entry: Entry, tool: ListedTool): Edit[] {
  return keyEdit(entry, 'pin', pinOf(tool))
}

function allEdits(entry: Entry, tool: ListedTool): Edit[] {
  return [
    ...pinEdits(entry, tool),
    ...keyEdit(entry, 'description', wordsOf(tool)),
    ...keyEdit(entry, 'input', tool.inputSchema),
    ...keyEdit(entry, 'output', tool.outputSchema),
  ]
}

/** Puts a key's new value in the place of the old one; adds the key where there was none. */
function keyEdit({ node, indent, file }: Entry, key: string, value: unknown): Edit[] {
  const pair = node.items.find((item) => isScalar(item.key) && item.key.value === key)
  const first = node.items[0]
  const text = value === undefined ? '' : `${key}: ${flow(value)}`
  if (pair === undefined) {
    const at = startOf(first)
    return value === undefined || at === null ? [] : [{ from: at, to: at, text: `${text}\n${' '.repeat(indent)}` }]
  }
  const from = startOf(pair)
  const to = endOf(pair, file)
  // An output schema that is gone: what it promised is promised no more.
  return from === null || to === null ? [] : [{ from, to, text: value === undefined ? `${key}: {}` : text }]
}

function startOf(pair: Pair | undefined): number | null {
  return isScalar(pair?.key) ? (pair.key.range?.[0] ?? null) : null
}

/** The end of the value, without the line breaks that a block takes along. */
function endOf({ value }: Pair, file: string): number | null {
  const end = (isScalar(value) || isMap(value) ? value.range?.[1] : undefined) ?? null
  return end === null ? null : file.slice(0, end).trimEnd().length
}

/** On one line: it stands wherever the old value stood, and takes nothing of what comes after. A pin needs no quotes. */
function flow(value: unknown): string {
  return typeof value === 'string' && /^sha256:[0-9a-f]+$/.test(value) ? value : JSON.stringify(value)
}

function wordsOf({ name, description }: ListedTool): string {
  return (description?.trim() ? description : name).slice(0, LONGEST)
}

function entryText(tool: ListedTool): string {
  const { name, inputSchema: input, outputSchema: output } = tool
  const shown = { description: wordsOf(tool), input, ...(output === undefined ? {} : { output }) }
  const rest = { native: { call: name, path: '/' }, pin: pinOf(tool), args: [] }
  const yaml = stringify({ reversible: false, ...shown, ...rest }, { lineWidth: 110, aliasDuplicateObjects: false })
  const lines = [proposal(tool), ...yaml.trimEnd().split('\n')]
  return [
    `  ${/^[A-Za-z_]/.test(name) ? name : JSON.stringify(name)}:`,
    ...lines.map((line) => (line === '' ? '' : `    ${line}`)),
  ].join('\n')
}

function proposal({ annotations }: ListedTool): string {
  const { readOnlyHint, destructiveHint } = annotations ?? {}
  const claims = readOnlyHint === true ? 'it only reads' : destructiveHint === false ? 'it only adds' : null
  const effect: Effect = readOnlyHint === true ? 'read' : destructiveHint === false ? 'create' : 'delete'
  const why = claims === null ? 'the upstream claims nothing, so the strongest' : `the upstream claims that ${claims}`
  return `# effect: ${effect} # ${why}; until a person has reviewed it and declared one, nobody has this tool`
}

function withAdded(text: string, added: readonly string[]): string {
  if (added.length === 0) return text
  const more = `${added.join('\n')}\n`
  const tools = toolsOf(text)
  if (tools === null) return `${text.trimEnd()}\ntools:\n${more}`
  if (tools.items.length === 0) {
    const from = tools.range?.[0] ?? 0
    const to = tools.range?.[1] ?? 0
    return `${text.slice(0, from).trimEnd()}\n${more}${text.slice(to).replace(/^\n/, '')}`
  }
  const last = tools.range?.[2] ?? text.length
  const head = text.slice(0, last)
  return `${head}${head.endsWith('\n') ? '' : '\n'}${more}${text.slice(last)}`
}
