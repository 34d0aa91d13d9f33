import type { CatalogueTool } from '../../engine/contract/catalogue.ts'
import { bankText, isParty } from '../../engine/contract/history.ts'
import { readPointer } from '../../engine/contract/pointer.ts'
import type { RunningDeps } from './deps.ts'

/**
 * Remembers the bank data that a read of counterparties shows: only so is a change seen that was made in the ERP's own
 * screen.
 * @throws LedgerError
 */
export async function sawBank(
  deps: RunningDeps,
  company: string,
  tool: Pick<CatalogueTool, 'effect' | 'entity'>,
  data: unknown,
): Promise<void> {
  if (tool.effect !== 'read' || !isParty(tool.entity)) return
  const records: unknown[] = Array.isArray(data) ? data : [data]
  const parties = records.flatMap((record) => {
    const counterparty = readPointer(record, '/id')
    const bank = bankText(record)
    return typeof counterparty === 'string' && bank !== null ? [{ counterparty, bank }] : []
  })
  if (parties.length > 0) await deps.state.sawBank(company, parties)
}
