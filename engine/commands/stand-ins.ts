import { startBling } from '../sandbox/bling/server.ts'
import { startGeneric } from '../sandbox/generic/server.ts'
import { startNibo } from '../sandbox/nibo/server.ts'
import { startOmie } from '../sandbox/omie/server.ts'
import type { StandIn, StandInOptions } from '../sandbox/stand-in.ts'
import { startTrytonStandIn } from '../sandbox/tryton/server.ts'
import type { CheckedErp } from '../validate/checked.ts'

const STARTERS: Readonly<Record<string, (options?: StandInOptions) => Promise<StandIn>>> = {
  omie: startOmie,
  nibo: startNibo,
  tryton: startTrytonStandIn,
  bling: startBling,
}

export interface StandIns {
  /** Null where no stand-in is known for an ERP: its own address and credentials are then needed. */
  of(erp: string): StandIn | null
  close(): Promise<void>
}

export interface StandInsOptions extends Pick<StandInOptions, 'limitFactor'> {
  /** Where `erps/<erp>/sandbox/stand-in.yaml` describes a stand-in, it takes the place of one that is written in code. */
  erps?: Readonly<Record<string, CheckedErp>>
}

/** Starts the stand-in of each ERP that has one, on loopback, on free ports. */
export async function startStandIns(names: readonly string[], options: StandInsOptions = {}): Promise<StandIns> {
  const { erps = {}, ...starting } = options
  const started = new Map<string, StandIn>()
  for (const name of names) {
    const { erp, standIn = null } = erps[name] ?? {}
    const start = STARTERS[name]
    if (erp !== undefined && standIn !== null) started.set(name, await startGeneric(erp, standIn, starting))
    else if (start !== undefined) started.set(name, await start(starting))
  }
  return {
    of: (erp) => started.get(erp) ?? null,
    close: async () => {
      await Promise.all([...started.values()].map((standIn) => standIn.close()))
    },
  }
}
