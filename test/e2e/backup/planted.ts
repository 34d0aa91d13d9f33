import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Manifest, manifestText, type Signer, sumsOf } from '../../../engine/operate/backup/manifest.ts'
import { AURORA } from '../../helpers/alcada/start.ts'
import type { Line } from '../../helpers/line/line.ts'

/** Makes the manifest fit again, as somebody would who wants it to be believed. */
export async function writtenAgain(copy: string, changes: Partial<Manifest>, signer: Signer): Promise<void> {
  const file = join(copy, 'manifest.json')
  const { digest: _, key: __, signature: ___, ...manifest } = JSON.parse(readFileSync(file, 'utf8'))
  const files = (await sumsOf(copy)).filter(({ path }) => path !== 'manifest.json')
  writeFileSync(file, manifestText({ ...manifest, ...changes, files }, signer))
}

/** Takes every payment back in Omie itself, but for those of one payable. */
export async function takenBack(line: Line, payable: string): Promise<void> {
  for (const paid of line.standIn.records(AURORA, 'baixas')) {
    if (String(paid['codigo_lancamento_omie']) === payable) continue
    const param = [{ codigo_baixa: paid['codigo_baixa'] }]
    const body = JSON.stringify({ call: 'CancelarPagamento', ...line.standIn.credentials[AURORA], param })
    await fetch(`${line.standIn.url}/financas/contapagar/`, { method: 'POST', body })
  }
}
