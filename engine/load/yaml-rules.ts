import { isAlias, isMap, isPair, isScalar, type Node, type Pair, type Scalar } from 'yaml'

/** A rule of ours that a parsed node breaks, at an offset into the text. */
export interface Breach {
  code: string
  offset: number
  message: string
  help: string
}

/** Deeper than any file of ours, shallow enough for every later walk. */
const MAX_DEPTH = 32
/** JSON's number grammar: no leading zeros, underscores, hexadecimal, infinity or bare point (they differ between YAML readers). */
const JSON_NUMBER = /^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$/
const NUMBER_LIKE = /^[-+]?([0-9]+_[0-9_.]*|0b[01]+)$/
const NUMBER_HELP = 'write a plain decimal number, or put quotes around it when it is text'
const POLLUTING = new Set(['__proto__', 'constructor', 'prototype'])

/** Every breach of the strict reading, in document order: no anchors, aliases, tags, merge keys, odd numbers or odd keys. */
export function breachesOf(root: Node, text: string): Breach[] {
  const breaches: Breach[] = []
  walk(root, 0, { text, breaches })
  return breaches
}

interface Reading {
  text: string
  breaches: Breach[]
}

function walk(node: unknown, depth: number, reading: Reading): void {
  const { text, breaches } = reading
  if (isAlias(node)) {
    breaches.push(alias(startOf(node), `*${node.source}`))
    return
  }
  if (isScalar(node)) {
    breaches.push(...decorations(node, text), ...numberBreaches(node))
    return
  }
  if (!isCollection(node)) return
  breaches.push(...decorations(node, text))
  if (depth >= MAX_DEPTH) {
    const message = `expected at most ${MAX_DEPTH} levels of nesting, got more`
    breaches.push({ code: 'YAML_SYNTAX', offset: startOf(node), message, help: 'flatten this part of the file' })
    return
  }
  for (const item of node.items) {
    if (!isPair(item)) walk(item, depth + 1, reading)
    else if (isMap(node)) walkPair(item, depth, reading)
  }
}

function walkPair(pair: Pair, depth: number, reading: Reading): void {
  const { text, breaches } = reading
  breaches.push(...keyBreaches(pair))
  if (isScalar(pair.key)) breaches.push(...decorations(pair.key, text))
  walk(pair.value, depth + 1, reading)
}

function keyBreaches(pair: Pair): Breach[] {
  const { key } = pair
  const offset = startOf(key)
  if (isScalar(key) && key.value === '<<' && key.type === 'PLAIN') {
    const help = 'write the keys out: what is not on the page is not reviewed'
    return [{ code: 'YAML_MERGE_KEY', offset, message: 'merge key `<<` is not allowed', help }]
  }
  if (isScalar(key) && typeof key.value === 'string') {
    if (!POLLUTING.has(key.value)) return []
    const message = `key \`${key.value}\` is not allowed`
    return [{ code: 'YAML_KEY', offset, message, help: 'choose another name: this one has a meaning in JavaScript' }]
  }
  const message = `expected text as key, got ${isScalar(key) ? `\`${String(key.source ?? key.value)}\`` : 'a structure'}`
  return [{ code: 'YAML_KEY', offset, message, help: 'put quotes around the key' }]
}

function decorations(node: Scalar | Node, text: string): Breach[] {
  const breaches: Breach[] = []
  const before = (mark: string): number => Math.max(0, text.lastIndexOf(mark, startOf(node)))
  if ('anchor' in node && typeof node.anchor === 'string') breaches.push(alias(before('&'), `&${node.anchor}`))
  if (typeof node.tag === 'string') {
    const tag = node.tag.replace('tag:yaml.org,2002:', '!!')
    const offset = before(tag.startsWith('!!') ? '!!' : '!')
    const help = 'remove the tag: the schema of the file decides the type'
    breaches.push({ code: 'YAML_TAG', offset, message: `tag \`${tag}\` is not allowed`, help })
  }
  return breaches
}

function alias(offset: number, name: string): Breach {
  const message = `anchor or alias \`${name}\` is not allowed`
  return { code: 'YAML_ALIAS', offset, message, help: 'write the value out where it is used' }
}

function numberBreaches(node: Scalar): Breach[] {
  const { value, type } = node
  const source = node.source ?? ''
  const offset = startOf(node)
  const odd = (message: string): Breach[] => [{ code: 'YAML_NUMBER', offset, message, help: NUMBER_HELP }]
  if (typeof value === 'string' && type === 'PLAIN' && NUMBER_LIKE.test(value)) {
    return odd(`expected a plain number, got \`${value}\``)
  }
  if (typeof value === 'bigint') return odd(`number \`${source}\` is too large to be exact`)
  if (typeof value !== 'number') return []
  if (!JSON_NUMBER.test(source)) return odd(`expected a plain number, got \`${source}\``)
  if (!Number.isFinite(value)) return odd(`number \`${source}\` is too large`)
  if (Number.isInteger(value) && !Number.isSafeInteger(value))
    return odd(`number \`${source}\` is too large to be exact`)
  return []
}

function isCollection(node: unknown): node is Node & { items: unknown[] } {
  return typeof node === 'object' && node !== null && 'items' in node && Array.isArray(node.items)
}

function startOf(node: unknown): number {
  if (typeof node !== 'object' || node === null || !('range' in node) || !Array.isArray(node.range)) return 0
  const [start]: unknown[] = node.range
  return typeof start === 'number' ? start : 0
}
