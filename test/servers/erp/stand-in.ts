import { join } from 'node:path'
import type { Catalogue, CatalogueTool } from '../../../engine/contract/catalogue.ts'
import { buildCatalogue } from '../../../engine/contract/catalogue-build.ts'
import { loadTree } from '../../../engine/load/load.ts'
import type { StandIn } from '../../../engine/sandbox/stand-in.ts'
import { readShape, SHAPES } from '../../../engine/validate/shape.ts'
import { createErpClient, type ErpClient } from '../../../servers/erp/client.ts'
import type { ErpCall, ErpDone, ErpOutcome } from '../../../servers/erp/outcome.ts'
import { AURORA, credentials } from './erp-on-loopback.ts'

/** The catalogue of one of the tree's ERPs. */
export async function catalogueOf(erp: string): Promise<Catalogue> {
  const { tree } = await loadTree(join(import.meta.dirname, '../../..'), [erp])
  const files = tree.erps[erp]?.files
  const [description, tools] = [
    readShape(files?.erp ?? null, SHAPES.erp, []),
    readShape(files?.tools ?? null, SHAPES.tools, []),
  ]
  if (description === null || tools === null) throw new Error(`${erp} has no catalogue`)
  return buildCatalogue(description, tools)
}

export interface StandInClient {
  catalogue: Catalogue
  client: ErpClient
  call(tool: string, args?: Record<string, unknown>, change?: Partial<ErpCall>): Promise<ErpOutcome>
  /** The outcome's data; throws when it was not done. */
  done(tool: string, args?: Record<string, unknown>, change?: Partial<ErpCall>): Promise<ErpDone>
  close(): Promise<void>
}

/** A client of a stand-in as its catalogue describes it. */
export async function standInClient(standIn: StandIn): Promise<StandInClient> {
  const catalogue = await catalogueOf(standIn.erp)
  const client = createErpClient({
    catalogue,
    credentials: credentials(standIn.credentials, catalogue.erp.credentials.plain),
    loopbackBaseUrl: standIn.url,
  })
  const toolNamed = (name: string): CatalogueTool => {
    const tool = catalogue.tools[name]
    if (tool === undefined) throw new Error(`no tool ${name}`)
    return tool
  }
  const call: StandInClient['call'] = (tool, args = {}, change = {}) =>
    client.call({ tool: toolNamed(tool), args, company: AURORA, resolved: {}, ...change })
  return {
    catalogue,
    client,
    call,
    async done(tool, args, change) {
      const outcome = await call(tool, args, change)
      if (outcome.kind !== 'done') throw new Error(`${tool}: ${JSON.stringify(outcome)}`)
      return outcome
    },
    close: client.close,
  }
}
