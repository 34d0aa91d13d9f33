export type DeployCode =
  | 'IMAGE_MISSING'
  | 'SERVER_MISSING'
  | 'FRONT_MISSING'
  | 'NOT_HEALTHY'
  | 'ROLLED_BACK'
  | 'UNFINISHED'

/** Why an image does not serve now. `ROLLED_BACK`: the version before it does, as before. */
export class DeployError extends Error {
  readonly code: DeployCode

  constructor(code: DeployCode, message: string) {
    super(message)
    this.name = 'DeployError'
    this.code = code
  }
}
