import { Ajv } from 'ajv'
import type { CandidateStatus } from '../contract/candidate-status.ts'
import type { Impact } from '../contract/impact.ts'
import { type OpsClientOptions, opsClient } from './ops-client.ts'

/** As servers/ops/candidate-route.ts answers. */
export interface LiveImpact extends Impact {
  candidate: CandidateStatus
  active: number | null
}

const LIST = { type: 'array', items: { type: 'object' } }

const isLiveImpact = new Ajv().compile<LiveImpact>({
  type: 'object',
  required: ['to_allow', 'to_deny', 'approvals', 'masks', 'not_replayed', 'drift', 'coverage', 'digest', 'candidate'],
  properties: {
    ...{ to_allow: LIST, to_deny: LIST, approvals: LIST, masks: LIST, not_replayed: LIST, drift: LIST },
    coverage: { type: 'object', required: ['decisions', 'replayed', 'erps'] },
    digest: { type: 'string' },
    candidate: { type: 'object', required: ['state', 'dropped'], properties: { state: { type: 'string' } } },
  },
})

/** What the candidate of one server would have decided otherwise. Throws AccessError OPS_UNREACHABLE, OPS_REFUSED. */
export function candidateTold(options: OpsClientOptions): Promise<LiveImpact> {
  return opsClient(options)(isLiveImpact, 'GET', '/policy/candidate')
}
