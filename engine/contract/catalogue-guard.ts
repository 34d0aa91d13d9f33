import { Ajv, type ValidateFunction } from 'ajv'
import type { Catalogue } from './catalogue.ts'
import { PROGRAM } from './erp.ts'
import { EFFECTS, PERMISSIONS } from './vocabulary.ts'

const TEXT = { type: 'string', minLength: 1 }

/**
 * True for a parsed `catalogue.json` whose outer shape is right. What stands inside was validated before it was signed
 * (engine/validate); here only what a server acts on before a tool is called is looked at again.
 */
export const isCatalogue: ValidateFunction<Catalogue> = new Ajv({ strict: false }).compile<Catalogue>({
  type: 'object',
  additionalProperties: false,
  required: ['erp', 'records', 'tools'],
  properties: {
    erp: {
      type: 'object',
      required: ['name', 'kind', 'title', 'connection', 'credentials', 'errors', 'limits', 'paging'],
      properties: {
        name: TEXT,
        kind: { enum: ['api', 'mcp'] },
        title: TEXT,
        connection: {
          type: 'object',
          required: ['timeoutMs', 'maxResponseBytes', 'auth'],
          properties: {
            baseUrl: { type: 'string', pattern: '^https?://' },
            allowedHosts: { type: 'array', items: TEXT },
            timeoutMs: { type: 'integer', minimum: 1 },
            maxResponseBytes: { type: 'integer', minimum: 1 },
            auth: { type: 'array', items: { type: 'object', required: ['in'] } },
          },
        },
        process: {
          type: 'object',
          required: ['program'],
          properties: { program: { type: 'string', pattern: PROGRAM } },
        },
        credentials: {
          type: 'object',
          required: ['secret'],
          properties: { secret: { type: 'array', items: TEXT }, plain: { type: 'array', items: TEXT } },
        },
        errors: { type: 'array', items: { type: 'object', required: ['kind'] } },
        limits: { type: 'array', items: { type: 'object', required: ['key', 'onHit'] } },
        paging: { type: 'object' },
      },
      // One way there, and only one.
      oneOf: [{ required: ['process'] }, { properties: { connection: { required: ['baseUrl', 'allowedHosts'] } } }],
    },
    records: {
      type: 'object',
      additionalProperties: { type: 'object', required: ['fields', 'sensitive'] },
    },
    tools: {
      type: 'object',
      additionalProperties: {
        type: 'object',
        required: [
          'name',
          'entity',
          'description',
          'input',
          'output',
          'effect',
          'permission',
          'reversible',
          'money',
          'answerKind',
          'native',
          'args',
          'sensitiveFields',
        ],
        properties: {
          name: TEXT,
          entity: TEXT,
          description: { type: 'string' },
          input: { type: 'object' },
          output: { type: 'object' },
          effect: { enum: EFFECTS },
          permission: { enum: PERMISSIONS },
          reversible: { type: 'boolean' },
          money: { type: 'boolean' },
          answerKind: { enum: ['list', 'many', 'one', 'raw'] },
          native: { type: 'object', required: ['path'] },
          args: { type: 'array', items: { type: 'object' } },
          sensitiveFields: { type: 'array', items: { type: 'object', required: ['pointer', 'kind'] } },
        },
      },
    },
  },
})
