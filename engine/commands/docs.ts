import { writeFile } from 'node:fs/promises'
import { loadTree } from '../load/load.ts'
import { processingRecord } from '../report/privacy/processing.ts'
import { validateTree } from '../validate/validate.ts'
import { EXIT, type ExitCode } from './exit.ts'

export interface DocsOptions {
  root: string
  /** None: all. */
  erps: readonly string[]
  /** A file; absent: standard output. */
  out?: string
}

/** `alcada docs --processing`: the record of processing that follows from the policies. Exit 3 where they have errors. */
export async function docsProcessing({ root, erps, out }: DocsOptions): Promise<ExitCode> {
  const { tree } = await loadTree(root, erps.length === 0 ? undefined : erps)
  const checked = validateTree(tree)
  const found = Object.values(checked.erps)
  if (found.length < Object.keys(tree.erps).length) {
    process.stderr.write('the policies have errors: see `alcada check`\n')
    return EXIT.person
  }
  const record = processingRecord(found)
  if (out === undefined) process.stdout.write(record)
  else await writeFile(out, record)
  return EXIT.done
}
