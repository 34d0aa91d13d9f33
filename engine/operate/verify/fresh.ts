import type { Catalogue } from '../../contract/catalogue.ts'
import { ENTITIES } from '../../contract/vocabulary.ts'
import type { Calls, Came } from './calls.ts'
import { largestPage, propertiesOf, takesNoMore, unlikePages } from './values.ts'
import { NotTried } from './verdict.ts'

/** Calls that reach the ERP each time: no two of them are alike, so none is answered from memory. */
export interface Fresh {
  /** Tools that it takes in turn. */
  tools: readonly string[]
  /** @throws NotTried where there is none */
  next(through?: Calls): Promise<{ tool: string; args: Record<string, unknown>; came: Came }>
}

/** A page of this size is asked for first, and then larger ones; lists of other tests ask for smaller ones. */
export const FRESH_SIZE = 60

/** Lists of the ERP by pages, no two alike. `most`: how many tools are taken in turn; default all. */
export function freshReads(catalogue: Catalogue, calls: Calls, most: number = Number.POSITIVE_INFINITY): Fresh {
  const lists = Object.values(ENTITIES)
    .flatMap((plural) => catalogue.tools[`get_${plural}_list`] ?? [])
    .filter((tool) => propertiesOf(tool).includes('page_size') && takesNoMore(tool, []))
    .slice(0, most)
    .map((tool) => ({ tool: tool.name, page: unlikePages(FRESH_SIZE, largestPage(tool)) }))
  let asked = 0
  return {
    tools: lists.map(({ tool }) => tool),
    async next(through = calls) {
      const list = lists[asked % lists.length]
      if (list === undefined) throw new NotTried('no list by pages is there to ask for')
      asked += 1
      const args = list.page()
      return { tool: list.tool, args, came: await through.call(list.tool, args) }
    },
  }
}

/** Of an upstream MCP server: tools that read, as their examples call them. */
export function exampleReads(
  catalogue: Catalogue,
  calls: Calls,
  examples: Readonly<Record<string, Record<string, unknown>>>,
): Fresh {
  const tools = Object.values(catalogue.tools)
    .filter(({ name, effect }) => effect === 'read' && examples[name] !== undefined)
    .map(({ name }) => name)
  let asked = 0
  return {
    tools,
    async next(through = calls) {
      const tool = tools[asked % tools.length]
      if (tool === undefined) throw new NotTried('no tool that reads has an example')
      asked += 1
      const args = examples[tool] ?? {}
      return { tool, args, came: await through.call(tool, args) }
    },
  }
}
