import type { Erp } from '../../contract/erp.ts'
import type { WrittenToolsFile } from '../../contract/tool.ts'
import { plainName, TOOL_NAME } from '../../contract/upstream-tool.ts'
import { pointerOf, type Reporter } from '../place.ts'

/** The server's own tool (servers/request/approval-tool.ts), of which refusals speak. */
const OWN = 'get_approval_by_id'

/** Of an upstream: each tool is pinned, and no name can be taken for another. Tools without an effect included. */
export function checkUpstream(erp: Erp, file: WrittenToolsFile, report: Reporter): void {
  if (erp.kind === 'api') return
  const known = new Map([[plainName(OWN), OWN]])
  for (const [name, tool] of Object.entries(file.tools)) {
    const at = pointerOf('tools', name)
    checkName(name, tool.native.call ?? name, at, report)
    const other = known.get(plainName(name))
    if (other === undefined) known.set(plainName(name), name)
    else {
      const message = `\`${name}\` and \`${other}\` are one name to a reader who does not look at case and separators`
      report.atKey(at, { code: 'TOOL_NAME_COLLISION', message, help: 'remove one of them' })
    }
    if (tool.pin !== undefined) continue
    const message = `nothing pins \`${name}\` to what the upstream said of it when it was reviewed`
    report.atKey(at, { code: 'PIN_MISSING', message, help: `run \`alcada import-tools ${erp.name}\`, and review it` })
  }
}

function checkName(name: string, upstream: string, at: string, report: Reporter): void {
  if (!TOOL_NAME.test(name)) {
    const message = `expected a name of at most 128 letters without accents, digits, \`_\`, \`-\` and \`.\`, got \`${name}\``
    report.atKey(at, {
      code: 'TOOL_NAME',
      message,
      help: 'what looks like another name is not offered: remove the tool',
    })
  } else if (plainName(name) !== plainName(upstream)) {
    const message = `\`${name}\` is called \`${upstream}\` by the upstream`
    const help = `name it \`${upstream}\`: reviewers and agents must not take it for something else`
    report.at(`${at}/native/call`, { code: 'TOOL_NAME_DIFFERS', message, help })
  }
}
