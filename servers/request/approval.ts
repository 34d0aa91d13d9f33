import type { ApprovalBinding, ApprovalRequest } from '../../engine/contract/approval.ts'
import { DEFAULT_APPROVAL_RULES } from '../../engine/contract/approval-rules.ts'
import { callInput } from '../../engine/contract/call-input.ts'
import type { Identity } from '../identity/identity.ts'
import { recordsToShow } from './approval-before.ts'
import type { Resolved } from './decision-input.ts'
import type { RunningDeps } from './deps.ts'
import { Refused } from './refused.ts'
import type { ToolRequest } from './request.ts'

/** The request for approval that stands for this very call; null for a read, and where there is none. */
export async function findApproval(
  deps: RunningDeps,
  request: ToolRequest,
  resolved: Resolved,
): Promise<{ request: ApprovalRequest; same: boolean } | null> {
  const binding = bindingOf(deps, request, resolved)
  return binding.effect === 'read' ? null : deps.state.approvals.find(binding)
}

/**
 * Ends a call that needs approval: with the request that approvers will see, made now or standing already.
 * @throws Refused approval_required, approval_rejected, each with the request's id; whatever it was given otherwise
 */
export async function askForApproval(
  deps: RunningDeps,
  request: ToolRequest,
  resolved: Resolved | null,
  identity: Identity,
  why: Refused,
): Promise<never> {
  const { decided } = why.details
  const asked = decided?.decision.approval ?? null
  if (why.code !== 'approval_required' || !decided || asked === null || resolved === null) throw why
  const { active, args, caller } = request
  const { after_approval, expires_s } = active.config.rbac.approvals ?? DEFAULT_APPROVAL_RULES
  const shown = await recordsToShow(deps, request, resolved)
  const { companies, rolesClaimed, tokenId } = identity
  const made = await deps.state.approvals.ask({
    binding: bindingOf(deps, request, resolved),
    asked,
    sealed: { args, ...shown, identity: { caller, companies: [...companies], rolesClaimed, tokenId } },
    ...decided,
    expiresS: expires_s,
    substitutes: active.config.rbac.substitutes ?? {},
    request: request.id,
    revision: active.revision,
    bundle: active.digest,
  })
  const { id, state, expires_ms, count, roles, reason } = made.request
  const details = { decided, entry: made.entry }
  const approval = { id, expires: new Date(expires_ms).toISOString(), count, roles }
  if (state === 'rejected') {
    throw new Refused('approval_rejected', `an approver has refused this call: ${reason ?? 'no reason was given'}`, {
      ...details,
      retry: { retry: 'never', approval },
    })
  }
  const then =
    after_approval === 'server_runs'
      ? 'once it is approved the server makes the call by itself'
      : 'once it is approved, repeat the same call'
  throw new Refused('approval_required', `${why.message}; ask \`get_approval_by_id\` about \`${id}\`, and ${then}`, {
    ...details,
    retry: { retry: 'when_approved', approval },
  })
}

/** Everything that is consented to. */
function bindingOf(deps: RunningDeps, request: ToolRequest, resolved: Resolved): ApprovalBinding {
  const { active, caller, company, tool, args } = request
  const { tool: does, facts } = callInput(tool, active.config, { args, resolved })
  const { effect, permission } = does
  return { caller, company, tool: tool.name, catalogue: deps.schemas(tool).digest, effect, permission, args, facts }
}
