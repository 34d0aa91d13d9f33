import type { CatalogueTool } from '../../engine/contract/catalogue.ts'
import type { DecisionInput } from '../../engine/contract/decision-input.ts'
import type { Confirm } from '../../engine/contract/tool.ts'
import type { ConfirmSource } from '../erp/confirm.ts'
import type { ErpCall, ErpOutcome } from '../erp/outcome.ts'
import type { ActivePolicy } from '../policy/status.ts'
import type { State } from '../state/state.ts'
import type { CallerBudgets } from './admit.ts'
import type { CallEvent } from './call.ts'
import type { StopsNow } from './stopped.ts'
import type { ToolSchemas } from './tool-schemas.ts'
import type { Trace } from './trace.ts'
import type { Turns } from './turns.ts'

/** What the steps of a call work with. */
export interface RequestDeps {
  /** The policy in force; null denies everything. Asked once a call. */
  current(): ActivePolicy | null
  /** The client that speaks to the ERP as this policy's catalogue describes it. */
  erpFor(active: ActivePolicy): { call(call: ErpCall): Promise<ErpOutcome> }
  /** Whether the checks of a confirm hold: servers/erp/confirm.ts. */
  confirmed(checks: Confirm['checks'], source: ConfirmSource): boolean
  state: Pick<State, 'open' | 'close' | 'record' | 'history' | 'sawBank' | 'repeat' | 'ended' | 'approvals'>
  /** What is stopped now, whatever the policy says. Default nothing. */
  stops?: StopsNow
  /** CNPJs whose credentials are held here. */
  companies(): readonly string[]
  /** Epoch milliseconds. */
  now(): number
  /** IANA time zone of dates and hours where the policy names none. Default America/Sao_Paulo. */
  zone?: string
  /** For a whole call, in milliseconds. Default 60_000. */
  deadlineMs?: number
  /** Hears what became of every call. */
  observe?: (event: CallEvent) => void
  /** Hears of each step. Default nobody. */
  trace?: Trace
  /** Absent: callers ask as often as they like, whatever the policy says. */
  budgets?: CallerBudgets
}

/** What is made once for all calls. */
export interface RunningDeps extends RequestDeps {
  stops: StopsNow
  trace: Trace
  schemas: (tool: CatalogueTool) => ToolSchemas
  timeAt: (epochMs: number, zone: string) => DecisionInput['time']
  inTurn: Turns
}
