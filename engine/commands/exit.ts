/** Exit codes of every verb. Source: design, section 7. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  /** Something needs a person: findings of severity error, and their like. */
  person: 3,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]
