import type { UpstreamPlace } from '../erp/upstream/place.ts'
import type { Log } from './log.ts'

/** What an upstream MCP server did beside answering, as events of the log. */
export function upstreamLog(log: Log): UpstreamPlace['heard'] {
  return (event) => {
    const { company } = event
    switch (event.type) {
      case 'said':
        return log.info('upstream.said', { company, line: event.line })
      case 'ended':
        return log.warn('upstream.ended', { company })
      case 'tool': {
        const { tool, fault } = event
        return fault === null
          ? log.info('upstream.tool_as_reviewed', { company, tool })
          : log.error('upstream.tool_refused', { company, tool, fault })
      }
    }
  }
}
