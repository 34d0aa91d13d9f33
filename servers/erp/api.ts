import type { ArgumentMap, Native } from '../../engine/contract/tool.ts'
import type { Caller, CallerOptions } from './caller.ts'
import { credentialOf } from './credential.ts'
import { withoutRawNumbers } from './exact-json.ts'
import { type ErpCall, type ErpDone, ErpFailure, isRead, notSent } from './outcome.ts'
import { type PageRequest, pageRequest } from './paging.ts'
import { dropAll } from './place.ts'
import { type AnswerReader, askedPage, emptyDone, listDone, manyDone, readerOf } from './reader.ts'
import { buildRequest, type NativeRequest } from './request.ts'
import { openSender } from './sender.ts'

// A search without pages that matches more than this is too wide to be answered whole.
const MAX_PAGES = 20

/** Universal tools over HTTP. */
export function openApiCaller(options: CallerOptions): Caller {
  const { catalogue, credentials, baseUrl } = options
  const { erp } = catalogue
  const readers = new Map(Object.values(catalogue.tools).map((tool) => [tool.name, readerOf(catalogue, tool)]))
  const credential = (company: string, name: string) => credentialOf(credentials, company, name)
  const keys = () => credentials.keys?.() ?? []
  const sender = openSender({ ...options, erp, credential, keys })

  function requestOf(call: ErpCall, native: Native, args: readonly ArgumentMap[], base?: unknown): NativeRequest {
    const name = (key: string) => credential(call.company, key)
    const source = { args: call.args, resolved: call.resolved, credential: name }
    return buildRequest(erp, native, args, { baseUrl, source, base })
  }

  function ask(call: ErpCall, page: PageRequest | null, base?: unknown): Promise<unknown> {
    const args = page === null ? call.tool.args : [...call.tool.args, ...page.args]
    return sender.send(call.company, requestOf(call, call.tool.native, args, base), {
      read: isRead(call),
      signal: call.signal,
      traceparent: call.traceparent,
    })
  }

  async function list(call: ErpCall, reader: AnswerReader): Promise<ErpDone> {
    const asked = askedPage(call.args)
    const paging = pagingOf(call)
    const request = paging === null ? null : pageRequest(paging, asked.page, asked.size)
    const content = await ask(call, request)
    const paged = paging === null || request === null ? null : { paging, request, total: call.tool.answer?.total }
    return listDone(reader, itemsIn(reader, content, call), content, call.args, paged)
  }

  async function many(call: ErpCall, reader: AnswerReader): Promise<ErpDone> {
    const paging = pagingOf(call)
    if (paging === null || call.tool.effect !== 'read') {
      const content = await ask(call, null)
      return manyDone(reader, itemsIn(reader, content, call), content, call.args)
    }
    const found: unknown[] = []
    for (let number = 1; number <= MAX_PAGES; number++) {
      const request = pageRequest(paging, number, paging.max)
      const content = await ask(call, request)
      const paged = { paging, request, total: call.tool.answer?.total }
      const items = itemsIn(reader, content, call)
      found.push(...items.slice(0, request.size))
      if (listDone(reader, items, content, call.args, paged).page?.has_next !== true) {
        return manyDone(reader, found, content, call.args)
      }
    }
    throw new ErpFailure({ kind: 'validation', message: 'too many records match: ask for fewer' }, true)
  }

  async function one(call: ErpCall, reader: AnswerReader): Promise<ErpDone> {
    const content = await ask(call, null, await mergeBase(call))
    const items = call.tool.answer?.items === undefined ? null : (reader.items(content, call.args) ?? [])
    const item = items === null ? content : items[0]
    if (call.tool.effect === 'read' && (item === undefined || item === null || !reader.isRecord(item))) throw notFound()
    const data = reader.one(item, call.args)
    // Some ERPs answer a write with nothing. One that answers something else than what was made shows nothing.
    if (call.tool.effect !== 'read' && content !== null && data['id'] === null) throw nothingNamed()
    return { kind: 'done', data, page: null, answer: withoutRawNumbers(content), ageS: 0 }
  }

  /** The record as it is, for an update that replaces the whole. It is read each time anew. */
  async function mergeBase(call: ErpCall): Promise<unknown> {
    const { merge } = call.tool
    if (merge === undefined) return undefined
    try {
      const turn = { read: true, signal: call.signal, traceparent: call.traceparent }
      const record = await sender.send(call.company, requestOf(call, merge.native, merge.args), turn)
      if (typeof record !== 'object' || record === null || Array.isArray(record)) throw notFound()
      return dropAll(record, merge.drop ?? [])
    } catch (error) {
      // Whatever became of this read, the write behind it was not sent.
      throw error instanceof ErpFailure ? new ErpFailure(error.error, true) : error
    }
  }

  function pagingOf(call: ErpCall) {
    if (call.tool.paging === undefined) return null
    const paging = erp.paging[call.tool.paging]
    if (paging === undefined) throw notSent('internal', 'the catalogue names a paging that it does not have')
    return paging
  }

  async function answered(call: ErpCall, reader: AnswerReader | null): Promise<ErpDone> {
    const { answerKind } = call.tool
    if (reader === null || answerKind === 'raw') {
      const answer = withoutRawNumbers(await ask(call, null, await mergeBase(call)))
      return { kind: 'done', data: answer, page: null, answer, ageS: 0 }
    }
    if (answerKind === 'list') return list(call, reader)
    return answerKind === 'many' ? many(call, reader) : one(call, reader)
  }

  return {
    key: (call) => {
      const page = askedPage(call.args)
      return JSON.stringify([call.tool.name, page, call.args, requestOf(call, call.tool.native, call.tool.args).digest])
    },
    async run(call) {
      try {
        return await answered(call, readers.get(call.tool.name) ?? readerOf(catalogue, call.tool))
      } catch (error) {
        if (!(error instanceof ErpFailure) || error.error.kind !== 'empty') throw error
        if (call.tool.answerKind === 'list' || call.tool.answerKind === 'many') return emptyDone(call.tool, call.args)
        throw notFound()
      }
    },
    renew: sender.renew,
    keepAlive: () => sender.keepAlive(credentials.companies()),
    openCircuits: sender.openCircuits,
    endedGrants: sender.endedGrants,
    close: () => sender.close(),
  }
}

function itemsIn(reader: AnswerReader, content: unknown, call: ErpCall): unknown[] {
  const items = reader.items(content, call.args)
  if (items !== null) return items
  throw new ErpFailure({ kind: 'unreadable_answer', message: 'the answer of the ERP lacks its list' }, false)
}

function nothingNamed(): ErpFailure {
  const message = 'the answer of the ERP does not name what was written'
  return new ErpFailure({ kind: 'unreadable_answer', message }, false)
}

function notFound(): ErpFailure {
  return new ErpFailure({ kind: 'not_found', message: 'the ERP has no such record' }, true)
}
