import { Ajv } from 'ajv'
import { expect, test } from 'vitest'
import type { Finding } from '../../../engine/contract/finding.ts'
import { formatFindings } from '../../../engine/report/findings.ts'

const finding: Finding = {
  code: 'ROLE_UNKNOWN',
  severity: 'error',
  file: 'policies/omie 2/rbac.yaml',
  line: 3,
  column: 12,
  message: 'role `operador` is not defined in rbac.yaml',
  help: 'did you mean `operator`?',
}
const warning: Finding = { ...finding, code: 'A_FIRST', severity: 'warning', line: 4 }

/** The parts of OASIS's sarif-schema-2.1.0.json that a log like ours touches: required keys, closed objects, value sets. */
const SCHEMA = {
  type: 'object',
  required: ['version', 'runs'],
  additionalProperties: false,
  properties: {
    $schema: { type: 'string', format: 'uri' },
    version: { enum: ['2.1.0'] },
    runs: {
      type: 'array',
      items: {
        type: 'object',
        required: ['tool'],
        additionalProperties: false,
        properties: {
          tool: {
            type: 'object',
            required: ['driver'],
            additionalProperties: false,
            properties: {
              driver: {
                type: 'object',
                required: ['name'],
                additionalProperties: false,
                properties: {
                  name: { type: 'string' },
                  rules: {
                    type: 'array',
                    uniqueItems: true,
                    items: {
                      type: 'object',
                      required: ['id'],
                      additionalProperties: false,
                      properties: { id: { type: 'string' } },
                    },
                  },
                },
              },
            },
          },
          columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
          results: {
            type: 'array',
            items: {
              type: 'object',
              required: ['message'],
              additionalProperties: false,
              properties: {
                ruleId: { type: 'string' },
                ruleIndex: { type: 'integer', minimum: -1 },
                level: { enum: ['none', 'note', 'warning', 'error'] },
                message: {
                  type: 'object',
                  required: ['text'],
                  additionalProperties: false,
                  properties: { text: { type: 'string' } },
                },
                locations: {
                  type: 'array',
                  items: {
                    type: 'object',
                    additionalProperties: false,
                    properties: {
                      physicalLocation: {
                        type: 'object',
                        additionalProperties: false,
                        properties: {
                          artifactLocation: {
                            type: 'object',
                            additionalProperties: false,
                            properties: {
                              uri: { type: 'string', format: 'uri-reference' },
                              uriBaseId: { type: 'string' },
                            },
                          },
                          region: {
                            type: 'object',
                            additionalProperties: false,
                            properties: {
                              startLine: { type: 'integer', minimum: 1 },
                              startColumn: { type: 'integer', minimum: 1 },
                            },
                          },
                        },
                      },
                    },
                  },
                },
              },
            },
          },
        },
      },
    },
  },
}

function log(findings: Finding[]): unknown {
  return JSON.parse(formatFindings(findings, 'sarif'))
}

test('a log has the shape that SARIF 2.1.0 asks for, with and without findings', () => {
  const ajv = new Ajv({ validateFormats: false })
  expect(ajv.validate(SCHEMA, log([finding, warning])), ajv.errorsText()).toBe(true)
  expect(ajv.validate(SCHEMA, log([])), ajv.errorsText()).toBe(true)
})

test('each result names its rule by id and index, its level and its place, the path percent-encoded', () => {
  expect(log([finding, warning])).toMatchObject({
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'alcada', rules: [{ id: 'A_FIRST' }, { id: 'ROLE_UNKNOWN' }] } },
        columnKind: 'utf16CodeUnits',
        results: [
          {
            ruleId: 'ROLE_UNKNOWN',
            ruleIndex: 1,
            level: 'error',
            message: { text: 'role `operador` is not defined in rbac.yaml; did you mean `operator`?' },
            locations: [
              {
                physicalLocation: {
                  artifactLocation: { uri: 'policies/omie%202/rbac.yaml', uriBaseId: '%SRCROOT%' },
                  region: { startLine: 3, startColumn: 12 },
                },
              },
            ],
          },
          { ruleId: 'A_FIRST', ruleIndex: 0, level: 'warning' },
        ],
      },
    ],
  })
})
