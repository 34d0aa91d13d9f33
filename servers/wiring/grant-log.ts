import type { GrantHeard } from '../erp/oauth/tokens.ts'
import type { State } from '../state/state.ts'
import type { Log } from './log.ts'

/** What became of the tokens that the ERP is called with: an entry in the ledger each, and an event of the log. */
export function grantLog(state: Pick<State, 'record'>, log: Log): (grant: GrantHeard) => Promise<void> {
  return async ({ what, company, code }) => {
    const entry = await state.record({
      ...{ what, code, grant: { company }, request: null, caller: null, tool: null },
      ...{ revision: null, bundle: null, input: null, decision: null },
    })
    if (what === 'grant_renewed') log.info('grant.renewed', { company, code, entry })
    else log.error(what === 'grant_ended' ? 'grant.ended' : 'grant.failed', { company, code, entry })
  }
}
