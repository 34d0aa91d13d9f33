import { Ajv, type ValidateFunction } from 'ajv'

/** What became of one attempt to exchange the image of an ERP's server. */
export interface DeployEvent {
  /** ISO 8601. */
  at: string
  erp: string
  image: string
  /** Id of the image that served before. */
  before: string
  outcome: 'deployed' | 'refused' | 'rolled_back' | 'recovered'
  /** The operating system's user who ran it: nobody has proved that name. */
  by: string
  reason: string | null
  /** Requests were held this long, in milliseconds. */
  heldMs: number
}

const text = (maxLength: number): object => ({ type: 'string', minLength: 1, maxLength })

export const isDeployEvent: ValidateFunction<DeployEvent> = new Ajv({ allowUnionTypes: true }).compile<DeployEvent>({
  type: 'object',
  additionalProperties: false,
  required: ['at', 'erp', 'image', 'before', 'outcome', 'by', 'reason', 'heldMs'],
  properties: {
    at: { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT[\\d:.]{8,12}Z$' },
    erp: text(63),
    image: text(300),
    before: text(300),
    outcome: { enum: ['deployed', 'refused', 'rolled_back', 'recovered'] },
    by: text(100),
    reason: { type: ['string', 'null'], maxLength: 1_000 },
    heldMs: { type: 'integer', minimum: 0 },
  },
})
