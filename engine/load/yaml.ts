import { type Document, LineCounter, type ParsedNode, parseAllDocuments, type YAMLParseError } from 'yaml'
import type { Finding } from '../contract/finding.ts'
import type { YamlFile } from './tree.ts'
import { locator } from './yaml-place.ts'
import { type Breach, breachesOf } from './yaml-rules.ts'

/** One file's reading: the file, or what is wrong with it. */
export interface YamlReading {
  file: YamlFile | null
  findings: Finding[]
}

/**
 * Reads YAML 1.2 (core schema) strictly: what two readers could understand differently is a finding, never a guess.
 * OPA's own reader takes `012` as 10 and lets the last duplicate key win, so nobody else reads these files.
 */
export function readYaml(path: string, text: string): YamlReading {
  const lines = new LineCounter()
  const refuse = (breaches: readonly Breach[]): YamlReading => ({
    file: null,
    findings: toFindings(path, lines, breaches),
  })
  const tabs = tabBreaches(text)
  if (tabs.length > 0) {
    for (const newline of text.matchAll(/^/gm)) lines.addNewLine(newline.index)
    return refuse(tabs)
  }
  const directive = /^%/m.exec(text)
  const deep = BRACKETS.exec(text)
  const documents = deep === null ? parse(text, lines) : null
  if (documents === null) return refuse([DEEP])
  const [document, second] = documents
  const errors = documents.flatMap((each) => each.errors.map(syntaxBreach))
  if (errors.some((each) => /stack/i.test(each.message))) return refuse([DEEP])
  if (errors.length > 0) return refuse(errors.slice(0, 20))
  if (directive !== null) return refuse([{ ...DIRECTIVE, offset: directive.index }])
  if (second !== undefined) return refuse([several(second)])
  if (document === undefined || document.contents === null) return refuse([EMPTY])
  const breaches = breachesOf(document.contents, text)
  if (breaches.length > 0) return refuse(breaches)
  const value: unknown = document.toJS({ maxAliasCount: 0 })
  if (value === null) return refuse([EMPTY])
  return { file: { path, text, value, locate: locator(document.contents, lines) }, findings: [] }
}

const EMPTY: Breach = { code: 'FILE_EMPTY', offset: 0, message: 'expected YAML, got an empty file', help: 'fill it in' }
/** The parser's time grows with the square of the depth: what only opens is not given to it. */
const BRACKETS = /(?:[[{][^[\]{}\n]{0,8}){64}/
const DIRECTIVE: Breach = {
  code: 'YAML_SYNTAX',
  offset: 0,
  message: 'directives are not allowed',
  help: 'remove the line: every file here is YAML 1.2',
}
const DEEP: Breach = {
  code: 'YAML_SYNTAX',
  offset: 0,
  message: 'nested too deeply to be read',
  help: 'flatten this file',
}

function parse(text: string, lines: LineCounter): Document.Parsed<ParsedNode>[] | null {
  try {
    const options = { version: '1.2', schema: 'core', strict: true, uniqueKeys: true, merge: false } as const
    const documents = parseAllDocuments(text, {
      ...options,
      prettyErrors: false,
      lineCounter: lines,
      logLevel: 'silent',
    })
    return [...documents]
  } catch (error) {
    // The parser recurses: a megabyte of opening brackets ends its stack.
    if (error instanceof RangeError) return null
    throw error
  }
}

function syntaxBreach(error: YAMLParseError): Breach {
  const [offset] = error.pos
  if (error.code === 'DUPLICATE_KEY') {
    const help = 'keep one of them: which one would count is not for a reader to guess'
    return { code: 'YAML_DUPLICATE_KEY', offset, message: 'this key stands twice in the same map', help }
  }
  if (error.code === 'BAD_ALIAS') {
    return {
      code: 'YAML_ALIAS',
      offset,
      message: 'aliases are not allowed',
      help: 'write the value out where it is used',
    }
  }
  const message = error.message.charAt(0).toLowerCase() + error.message.slice(1).replace(/\.$/, '')
  return { code: 'YAML_SYNTAX', offset, message, help: 'correct the YAML here: indentation, quotes or brackets' }
}

function several(second: Document.Parsed<ParsedNode>): Breach {
  const [offset] = second.range
  const help = 'keep one document, without `---` lines after it'
  return { code: 'YAML_DOCUMENTS', offset, message: 'expected one document, got several', help }
}

function tabBreaches(text: string): Breach[] {
  return [...text.matchAll(/^[^\n]*?(?<tab>\t)/gm)].map((match) => ({
    code: 'YAML_TAB',
    offset: match.index + match[0].length - 1,
    message: 'tab characters are not allowed',
    help: 'use spaces',
  }))
}

function toFindings(path: string, lines: LineCounter, breaches: readonly Breach[]): Finding[] {
  return breaches.map(({ code, offset, message, help }) => {
    const { line, col } = lines.linePos(offset)
    return { code, severity: 'error', file: path, line: Math.max(line, 1), column: Math.max(col, 1), message, help }
  })
}
