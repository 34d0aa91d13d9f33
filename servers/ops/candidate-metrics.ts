import { Counter, Gauge, type Registry } from 'prom-client'
import type { CandidateStatus } from '../../engine/contract/candidate-status.ts'

/** How often a candidate decided as the policy in force did, and how it stands with it. @returns counts one decision */
export function candidateMetrics(registry: Registry, status: () => CandidateStatus): (outcome: string) => void {
  const registers = [registry]
  new Gauge({
    name: 'alcada_candidate_revision',
    help: 'Revision that is decided beside the one in force; 0 without any.',
    registers,
    collect() {
      const { state, revision } = status()
      this.set(state === 'deciding' ? (revision ?? 0) : 0)
    },
  })
  new Gauge({
    name: 'alcada_candidate_refused',
    help: '1 while a candidate stands in the channel that is not decided: it was refused, or it misbehaved.',
    registers,
    collect() {
      this.set(['refused', 'stopped'].includes(status().state) ? 1 : 0)
    },
  })
  const decisions = new Counter({
    name: 'alcada_candidate_decisions_total',
    help: 'Decisions beside the policy in force, by how they compare: same, to_allow, to_deny, approvals, masks; not_replayed and dropped were not compared.',
    labelNames: ['outcome'],
    registers,
  })
  return (outcome) => decisions.inc({ outcome })
}
