import { createServer, type RequestListener } from 'node:http'
import { toNodeHandler } from '@modelcontextprotocol/node'
import { type CallToolResult, createMcpHandler, isCallToolResult, Server } from '@modelcontextprotocol/server'

// A process of its own: `erp` answers like Tryton, at once and without limits; `mcp` is a bare server of the MCP SDK
// that answers every call with what it was given.

const ROW = {
  id: 1,
  'party.': { name: 'Moinho Santa Clara Ltda', id: 3 },
  'journal.': { name: 'PIX', id: 2 },
  amount: { __class__: 'Decimal', decimal: '842.50' },
  date: { __class__: 'date', year: 2026, month: 12, day: 3 },
  state: 'draft',
  description: 'NF 10233 farinha de trigo',
  'line.': { move: 1, id: 1 },
  'currency.': { code: 'BRL', id: 1 },
}

const erp: RequestListener = (request, response) => {
  let text = ''
  request.on('data', (chunk: Buffer) => {
    text += chunk.toString()
  })
  request.on('end', () => {
    const result = text.includes('common.db.login') ? [2, 'a'.repeat(64)] : [ROW]
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ id: 1, result }))
  })
}

function mcp(answer: CallToolResult): RequestListener {
  const handler = createMcpHandler(
    () => {
      const server = new Server({ name: 'bare', version: '1.0.0' }, { capabilities: { tools: {} } })
      server.setRequestHandler('tools/call', async () => answer)
      return server
    },
    { legacy: 'stateless' },
  )
  const node = toNodeHandler(handler)
  return (request, response) => {
    const { method = 'GET', url = '/', headers } = request
    void node({ method, url, headers, [Symbol.asyncIterator]: () => request[Symbol.asyncIterator]() }, response)
  }
}

process.once('message', (given: unknown) => {
  const server = createServer(isCallToolResult(given) ? mcp(given) : erp)
  server.listen(0, '127.0.0.1', () => {
    const address = server.address()
    process.send?.(typeof address === 'object' ? (address?.port ?? 0) : 0)
  })
})
process.on('disconnect', () => process.exit(0))
