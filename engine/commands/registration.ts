import type { Environment } from './environment.ts'
import type { ExitCode } from './exit.ts'

/** What a file of verbs is given when it puts them into the program. */
export interface Registration {
  /** Where erps/ and policies/ stand. */
  root(): string
  environment: Environment
  /** Told what a verb came to. */
  end(code: ExitCode): void
}
