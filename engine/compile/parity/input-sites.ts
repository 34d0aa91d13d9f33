import { constantRef, isTerm } from '../ast.ts'
import { isLocated, type LocatedFile, type LocatedNode, locatedNodes, type Span, textOf } from '../located.ts'

/** A `with input as …` of a test, and where its value is written. */
export interface InputSite {
  file: string
  span: Span
  /** The text after `with data.config as` in the same expression; null where there is none. */
  config: string | null
}

export interface InputSites {
  sites: InputSite[]
  /** `file:line` of each `with` that gives a part of the input only: what the whole is, no value says. */
  partial: string[]
}

/** Every place where the tests of one ERP give an input. */
export function inputSites(files: readonly LocatedFile[]): InputSites {
  const sites: InputSite[] = []
  const partial: string[] = []
  for (const file of files) {
    for (const node of expressionsWith(file)) {
      const modifiers = modifiersOf(node)
      const config = modifiers.find(({ target }) => target.join('.') === 'data.config')
      for (const { target, value } of modifiers.filter((one) => one.target[0] === 'input')) {
        const span = file.spanOf(value)
        if (target.length === 1 && span !== null) {
          sites.push({
            file: file.path,
            span,
            config: config === undefined ? null : textOf(config.value.location.text),
          })
        } else partial.push(`${file.path}:${file.spanOf(node)?.line ?? 1}`)
      }
    }
  }
  return { sites, partial }
}

function expressionsWith(file: LocatedFile): LocatedNode[] {
  return [...locatedNodes(file.rules)].filter((node) => Array.isArray(node['with']))
}

function modifiersOf(node: LocatedNode): { target: string[]; value: LocatedNode }[] {
  const modifiers: unknown[] = Array.isArray(node['with']) ? node['with'] : []
  return modifiers.flatMap((one) => {
    if (typeof one !== 'object' || one === null || !('target' in one) || !('value' in one)) return []
    const target = isTerm(one.target) ? (constantRef(one.target) ?? []) : []
    return isLocated(one.value) ? [{ target, value: one.value }] : []
  })
}
