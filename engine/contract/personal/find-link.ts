import type { Placed } from './find-bank.ts'
import type { PlainText } from './plain-text.ts'

const LINK = /(?:https?:\/\/|www\.)[^\s"'<>`|\\^{}]{1,2048}/g
// Words in addresses of invoices, boletos and their second copies.
const DOCUMENT =
  /danfe|nf-?e|nfc-?e|nfs-?e|nota-?fiscal|notaprint|boleto|fatura|cobranca|invoice|2via|2-via|segunda-?via|recibo|comprovante|qrcode|linkportal|link_portal|anexo|download/
// An address that cannot be guessed opens what is behind it for whoever holds it.
const UNGUESSABLE = /[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}|[0-9]{44}/
const TOKEN = /^(?=.*[0-9])(?=.*[a-z])[a-z0-9_-]{16,}$/
const SIGNED =
  /^(?:token|key|hash|sig|signature|assinatura|verificacao|codigo|chave|chnfe|p|id|x-amz-signature|x-goog-signature)$/

/**
 * Links that open a document for whoever holds them: the ERPs' public links to invoices, boletos and attachments need no
 * token (help of Omie, Nibo: see the README of each). A page anybody finds by itself stays.
 */
export function linksIn({ text, lower }: PlainText): Placed[] {
  const found: Placed[] = []
  for (const { index, 0: matched } of lower.matchAll(LINK)) {
    const link = matched.replace(/[.,;:!?)\]]+$/, '')
    if (!opensDocument(link)) continue
    found.push({ shape: 'link', value: text.slice(index, index + link.length), start: index, end: index + link.length })
  }
  return found
}

function opensDocument(link: string): boolean {
  const address = link.startsWith('www.') ? `https://${link}` : link
  if (!URL.canParse(address)) return true
  const { hostname, pathname, searchParams, hash } = new URL(address)
  const parts = [...pathname.split('/'), ...hash.slice(1).split('/'), ...searchParams.values()].filter(
    (part) => part !== '',
  )
  if (parts.length === 0) return false
  if (UNGUESSABLE.test(link) || parts.some((part) => TOKEN.test(part))) return true
  if ([...searchParams].some(([name, value]) => SIGNED.test(name) && value.length >= 8)) return true
  return DOCUMENT.test(`${hostname}${pathname}`) && /[0-9]/.test(`${pathname}${[...searchParams.values()].join('')}`)
}
