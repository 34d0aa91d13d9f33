/** A setting or an argument that is wrong: told in its message, and exit code 2. */
export class UsageError extends Error {
  override name = 'UsageError'
}
