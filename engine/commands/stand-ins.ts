import { startNibo } from '../sandbox/nibo/server.ts'
import { startOmie } from '../sandbox/omie/server.ts'
import type { StandIn, StandInOptions } from '../sandbox/stand-in.ts'
import { startTrytonStandIn } from '../sandbox/tryton/server.ts'

const STARTERS: Readonly<Record<string, (options?: StandInOptions) => Promise<StandIn>>> = {
  omie: startOmie,
  nibo: startNibo,
  tryton: startTrytonStandIn,
}

export interface StandIns {
  /** Null where no stand-in is known for an ERP: its own address and credentials are then needed. */
  of(erp: string): StandIn | null
  close(): Promise<void>
}

/** Starts the stand-in of each ERP that has one, on loopback, on free ports. */
export async function startStandIns(
  erps: readonly string[],
  options: Pick<StandInOptions, 'limitFactor'> = {},
): Promise<StandIns> {
  const started = new Map<string, StandIn>()
  for (const erp of erps) {
    const start = STARTERS[erp]
    if (start !== undefined) started.set(erp, await start(options))
  }
  return {
    of: (erp) => started.get(erp) ?? null,
    close: async () => {
      await Promise.all([...started.values()].map((standIn) => standIn.close()))
    },
  }
}
