/** What a tool call answers: the agent's contract. */
export interface ToolResult {
  data: unknown
  metadata: {
    platform: string
    total_count: number | null
    page: number | null
    page_size: number | null
    has_next: boolean
  }
  alcada: {
    entry: string
    revision: number
    masked: string[]
    /** The call was done before: this is the answer of then, and nothing was done again. */
    replayed?: true
  }
}

/** A call that was not done, and what to do next. */
export interface Refusal {
  error: { code: string; message: string; field?: string }
  alcada: {
    entry: string | null
    retry: 'never' | 'after' | 'when_approved'
    retry_after_s?: number
    /** `id` and `expires` where a request was made: of a dry run none is. */
    approval?: { id?: string; expires?: string; count: number; roles: string[] }
  }
}
