/** How it stands with the candidate: no values of calls. */
export interface CandidateStatus {
  /** none: there is no file. refused: it is not taken. stopped: it was, and misbehaved; only another file starts anew. */
  state: 'none' | 'deciding' | 'refused' | 'stopped'
  revision: number | null
  digest: string | null
  commit: string | null
  pull_request: number | null
  /** ISO 8601: decisions are compared from then on, with the same policy in force. */
  since: string | null
  error: { code: string; message: string } | null
  dropped: number
}
