import { createServer, type Server } from 'node:http'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { BUNDLE_TYPE, digestOf, MANIFEST_TYPE } from '../../../engine/channel/artifact.ts'
import { openSource } from '../../../engine/channel/open.ts'
import type { ChannelSource } from '../../../engine/channel/source.ts'
import { channelTarget } from '../../../engine/channel/target.ts'

const BUNDLE = Buffer.from('a bundle')
const OTHER = Buffer.from('b bundle')
const manifestOf = (bytes: Buffer): Buffer => {
  const layer = { mediaType: BUNDLE_TYPE, digest: digestOf(bytes), size: bytes.length }
  return Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST_TYPE, layers: [layer] }))
}

/** What a registry that means harm answers, by path; a tag is asked for with HEAD. */
let answers: Map<string, Buffer>
/** Called once a tag was asked for. */
let onTag = (): void => undefined
let server: Server
let source: ChannelSource
beforeEach(async () => {
  answers = new Map()
  onTag = () => undefined
  server = createServer((request, response) => {
    const body = answers.get(request.url?.split('/').at(-1) ?? '')
    if (body === undefined) return void response.writeHead(404).end()
    response.writeHead(200, { 'docker-content-digest': digestOf(body) }).end(request.method === 'HEAD' ? '' : body)
    if (request.method === 'HEAD') onTag()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  source = await openSource(
    channelTarget(`oci+http://127.0.0.1:${port}/p`) ?? { kind: 'folder', folder: '', open: false },
  )
})
afterEach(async () => {
  source.close()
  await new Promise<void>((resolve) => server.close(() => resolve()))
})

const read = (maxBytes = 1_000): ReturnType<ChannelSource['read']> => source.read('omie/bundle.tar.gz', { maxBytes })

test('what a tag named when it was asked is what is read, though it moves meanwhile', async () => {
  answers.set('omie', manifestOf(BUNDLE))
  answers.set(digestOf(manifestOf(BUNDLE)), manifestOf(BUNDLE))
  answers.set(digestOf(BUNDLE), BUNDLE)
  onTag = () => answers.set('omie', manifestOf(OTHER))
  expect(await read()).toMatchObject({ bytes: BUNDLE, version: digestOf(manifestOf(BUNDLE)) })
})

test.each([
  ['another manifest', digestOf(manifestOf(BUNDLE)), manifestOf(OTHER), 'expected sha256:'],
  ['another bundle', digestOf(BUNDLE), OTHER, 'expected sha256:'],
  ['more than it said', digestOf(BUNDLE), Buffer.alloc(100), 'expected at most 8 bytes'],
])('%s under the digest that was asked for is refused', async (_what, under, body, said) => {
  answers.set('omie', manifestOf(BUNDLE))
  answers.set(digestOf(manifestOf(BUNDLE)), manifestOf(BUNDLE))
  answers.set(digestOf(BUNDLE), BUNDLE)
  answers.set(under, body)
  await expect(read()).rejects.toThrow(said)
})

test('a manifest of something else, and a bundle that is too large, are refused before it is asked for', async () => {
  const image = Buffer.from(JSON.stringify({ schemaVersion: 2, layers: [] }))
  answers.set('omie', image)
  answers.set(digestOf(image), image)
  await expect(read()).rejects.toThrow('expected a manifest with one file')
  answers.set('omie', manifestOf(BUNDLE))
  answers.set(digestOf(manifestOf(BUNDLE)), manifestOf(BUNDLE))
  await expect(read(4)).rejects.toThrow('expected at most 4 bytes')
})
