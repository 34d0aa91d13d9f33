import { expect, test } from 'vitest'
import type { Catalogue } from '../../../engine/contract/catalogue.ts'
import { catalogueChanges } from '../../../engine/gitops/diff/catalogue-changes.ts'
import { catalogue, erp, tool } from '../../servers/erp/erp-on-loopback.ts'

function upstream(program: string, pin: string): Catalogue {
  return catalogue(erp('', { kind: 'mcp', process: { program } }), tool({ name: 'write_note', pin }))
}

test('another program, or a tool of it that is accepted anew, is a change of what an ERP is', () => {
  expect(catalogueChanges('notes', upstream('notes', 'sha256:a'), upstream('other', 'sha256:b'))).toEqual([
    'the program that is run of erp.yaml changed (/program: other, was notes)',
    'the accepted state (pin) of write_note changed (sha256:b, was sha256:a)',
  ])
})
