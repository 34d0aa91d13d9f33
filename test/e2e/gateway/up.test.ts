import { afterEach, describe, expect, test } from 'vitest'
import { copyProject, type TestProject } from '../../helpers/alcada/project.ts'
import { startUp, type Up } from '../../helpers/alcada/up.ts'
import { connect2026 } from '../../helpers/mcp/clients.ts'
import { needs } from '../../helpers/needs.ts'
import { FIXTURE, PUBLISHED } from './gateway.ts'

const opa = needs('opa')

describe.skipIf(opa.missing !== null)('an upstream that takes no credential', () => {
  let up: Up
  let project: TestProject
  afterEach(async () => {
    await up.stop()
    project.remove()
  })

  test('is tried out by one command, without a store', async () => {
    project = copyProject('memory', FIXTURE)
    up = await startUp(project.root, ['memory'], { ALCADA_UPSTREAM_PATH: PUBLISHED.join(':') })
    const { mcp = '', tokens = {} } = up.erps['memory'] ?? {}
    const client = await connect2026(new URL(mcp), tokens['viewer'] ?? '')
    const { structuredContent } = await client.callTool({ name: 'read_graph', arguments: {} })
    expect(structuredContent).toMatchObject({ data: { entities: [], relations: [] } })
    await client.close()
  })
})
