export type CompilerErrorCode =
  | 'COMPILER_NOT_FOUND'
  | 'COMPILER_REFUSED'
  | 'COMPILER_NOT_STARTED'
  | 'COMPILER_TIMED_OUT'
  | 'COMPILER_KILLED'
  | 'COMPILER_OUTPUT_TOO_LARGE'

/** One place where the compiler was looked for, and why it did not come from there. */
export type Attempt = { source: CompilerSource; reason: string }

export type CompilerSource = 'configured' | 'cache' | 'path' | 'release' | 'go'

/** The compiler cannot be had or did not do its work. The message is for people, the code for programs. */
export class CompilerError extends Error {
  readonly code: CompilerErrorCode
  /** What was tried, in order; empty unless the code is COMPILER_NOT_FOUND. */
  readonly tried: readonly Attempt[]

  constructor(code: CompilerErrorCode, message: string, options: { cause?: unknown; tried?: readonly Attempt[] } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : {})
    this.name = 'CompilerError'
    this.code = code
    this.tried = options.tried ?? []
  }
}
