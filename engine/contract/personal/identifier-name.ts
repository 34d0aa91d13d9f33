const IDENTIFIER =
  /^(?:_?ids?|uuid|guid|gtin|ean|sku|ncm|nsu|protocol|revision|digest|hash|entry|reference|code|number|codigo\w*|ncod\w*|\w+_(?:ids?|uuid|code|number|reference|codigo)|\w*[a-z](?:Ids?|Uuid|Code|Number))$/

/**
 * True for the key of an identifier: `id`, `vendor_id`, `document_number`, `codigo_cliente_omie`. Bare digits below such a
 * key are the ERP's or the caller's own; a `document` is none.
 */
export function isIdentifierName(name: string): boolean {
  return IDENTIFIER.test(name)
}

/** True for the key of a record's own identifier in its ERP: without it nobody finds the record again. */
export function isRecordId(name: string): boolean {
  return /^_?ids?$|_ids?$|[a-z]Ids?$|^uuid$|^guid$/.test(name)
}
