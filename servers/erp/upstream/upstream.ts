import type { Catalogue, CatalogueTool } from '../../../engine/contract/catalogue.ts'
import { type UpstreamFault, upstreamFaults } from '../../../engine/contract/upstream-tool.ts'
import { ErpFailure } from '../outcome.ts'
import { type ConnectOptions, connectUpstream, type UpstreamConnection } from './connect.ts'
import type { UpstreamPlace } from './place.ts'
import { Restarts } from './restarts.ts'

export interface CompanyUpstreamOptions
  extends Pick<ConnectOptions, 'baseUrl' | 'allowedHosts' | 'company' | 'credential'> {
  catalogue: Catalogue
  place: UpstreamPlace
  /** Takes secrets out of what a process says. */
  hide(text: string): string
  now(): number
}

/** The upstream of one company: one connection, held to the pins of the catalogue. */
export interface CompanyUpstream {
  /** A connection on which this tool is the one that was reviewed. Throws ErpFailure; nothing was called then. */
  ready(tool: CatalogueTool): Promise<UpstreamConnection>
  /** Connects and compares. Throws ErpFailure. */
  look(): Promise<UpstreamConnection>
  faults(): ReadonlyMap<string, UpstreamFault>
  /** Not used again. */
  forget(connection: UpstreamConnection): void
  waitingUntil(): number | null
  close(): Promise<void>
}

/** What was compared so long ago is compared again before a call, in milliseconds: not every upstream says that it changed. */
const COMPARED_MS = 60_000

export function companyUpstream(options: CompanyUpstreamOptions): CompanyUpstream {
  const { catalogue, place, company, hide, now } = options
  const { erp, tools } = catalogue
  const restarts = new Restarts(now)
  let current: Promise<UpstreamConnection> | null = null
  let comparing: Promise<void> | null = null
  let comparedMs = Number.NEGATIVE_INFINITY
  let faults: ReadonlyMap<string, UpstreamFault> = new Map()
  const closing = new Set<Promise<unknown>>()

  function connection(): Promise<UpstreamConnection> {
    if (current !== null) return current
    if (erp.process !== undefined) restarts.admit()
    comparedMs = Number.NEGATIVE_INFINITY
    const opened: Promise<UpstreamConnection> = connectUpstream({
      ...options,
      ...place,
      erp,
      said: (line) => place.heard({ type: 'said', company, line: hide(line) }),
      changed: () => {
        comparedMs = Number.NEGATIVE_INFINITY
        // Known at once, also while nobody calls.
        void look().catch(() => undefined)
      },
      ended: () => {
        if (current !== opened) return
        current = null
        restarts.ended()
        place.heard({ type: 'ended', company })
      },
    })
    current = opened
    opened.catch(() => {
      if (current !== opened) return
      current = null
      if (erp.process !== undefined) restarts.ended()
    })
    return opened
  }

  async function compare(one: UpstreamConnection): Promise<void> {
    const asked = now()
    const next = upstreamFaults(tools, await one.list())
    for (const name of new Set([...faults.keys(), ...next.keys()])) {
      const fault = next.get(name) ?? null
      if (fault !== (faults.get(name) ?? null)) place.heard({ type: 'tool', company, tool: name, fault })
    }
    faults = next
    comparedMs = asked
  }

  async function look(): Promise<UpstreamConnection> {
    const one = await connection()
    while (now() - comparedMs > COMPARED_MS) {
      comparing ??= compare(one).finally(() => {
        comparing = null
      })
      await comparing
    }
    return one
  }

  function drop(opened: Promise<UpstreamConnection>): void {
    const closed = opened.then((one) => one.close()).catch(() => undefined)
    closing.add(closed)
    void closed.then(() => closing.delete(closed))
  }

  return {
    async ready(tool) {
      const one = await look()
      const fault = faults.get(tool.name)
      if (fault !== undefined) throw refused(fault)
      return one
    },
    look,
    faults: () => faults,
    forget(connection) {
      const held = current
      if (held === null) return
      void held.then((one) => {
        if (one !== connection || current !== held) return
        current = null
        if (erp.process !== undefined) restarts.ended()
        drop(held)
      })
    },
    waitingUntil: () => restarts.waitingUntil(),
    async close() {
      const held = current
      current = null
      if (held !== null) drop(held)
      await Promise.all(closing)
    },
  }
}

function refused(fault: UpstreamFault): ErpFailure {
  const what = fault === 'changed' ? 'is another than the one that was reviewed' : 'is not there any more'
  const message = `the tool of the MCP server ${what}: it is refused until a pull request accepts what it is now`
  return new ErpFailure({ kind: fault === 'changed' ? 'tool_changed' : 'tool_vanished', message }, true)
}
