import type { Catalogue } from '../../contract/catalogue.ts'
import type { Bench } from './bench.ts'
import type { Calls } from './calls.ts'
import { refused } from './records.ts'

/** The tools of an upstream MCP server, as their examples call them: those that read. */
export async function testUpstream(
  { bench, calls, catalogue }: { bench: Bench; calls: Calls; catalogue: Catalogue },
  examples: Readonly<Record<string, Record<string, unknown>>>,
): Promise<void> {
  for (const tool of Object.values(catalogue.tools)) {
    const name = `\`${tool.name}\` answers its example`
    const args = examples[tool.name]
    if (tool.effect !== 'read') {
      bench.skip('operations', name, [tool.name], 'what a third party’s tool has changed cannot be taken back here')
    } else if (args === undefined) bench.skip('operations', name, [tool.name], 'decisions.yaml has no example of it')
    else {
      await bench.test('operations', name, [tool.name], async () => {
        const came = await calls.call(tool.name, args)
        if (came.kind === 'refused') throw refused(tool.name, came)
      })
    }
  }
}
