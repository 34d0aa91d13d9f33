import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Erp } from '../contract/erp.ts'
import { FRESH_SIZE } from '../operate/verify/fresh.ts'
import { marksOf, STAND_IN_MARK } from '../operate/verify/values.ts'
import { recordingOf, recordingText } from '../sandbox/generic/record.ts'
import type { CheckedErp } from '../validate/checked.ts'
import { UsageError } from './usage-error.ts'
import type { OpenVerifyPlace } from './verify-place.ts'

const NAME = 'stand-in.yaml'

/** @throws UsageError where nothing can be recorded, or a file would be written over */
export function checkRecordable(folder: string, { kind, credentials, request }: Erp): void {
  if (kind === 'mcp') throw new UsageError('an upstream MCP server has no stand-in, so nothing is recorded of it')
  const envelope = JSON.stringify(request?.body ?? null)
  const inside = credentials.secret.find((name) => envelope.includes(JSON.stringify({ $credential: name })))
  if (inside !== undefined)
    throw new UsageError(`\`${inside}\` stands in \`request.body\`, where a recording would hold it`)
  const file = join(folder, NAME)
  if (existsSync(file)) throw new UsageError(`\`${file}\` is there already: remove it, or name another folder`)
}

/** Writes what passed as a stand-in that plays it. @throws where a secret would be written */
export async function writeRecording(
  folder: string,
  { catalogue, erp }: CheckedErp,
  { between, hurried, secrets, spoiltSecrets, credentials }: OpenVerifyPlace,
  mark: string,
): Promise<void> {
  const [own, played] = [marksOf(mark), marksOf(STAND_IN_MARK)]
  const branches = [1, 2, 3, 4, 9]
  const plain = (erp.credentials.plain ?? []).flatMap((name) => {
    const value = credentials?.[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  const file = recordingOf({
    ...{ catalogue, passed: between?.passed ?? [], hurried: hurried?.passed ?? [], spoilt: spoiltSecrets },
    plain: Object.fromEntries(plain),
    own: [`TEST ${STAND_IN_MARK}`, 'alcada-', '30000000', ...branches.map((branch) => played.document(branch))],
    instead: [
      [`TEST ${mark}`, `TEST ${STAND_IN_MARK}`],
      [`alcada-${mark}`, `alcada-${STAND_IN_MARK}`],
      ...branches.map((branch) => [own.document(branch), played.document(branch)] as const),
    ],
    freshSize: FRESH_SIZE,
  })
  const text = recordingText(file)
  if ([...secrets, ...spoiltSecrets].some((secret) => text.includes(secret))) {
    throw new Error('nothing was recorded: what the ERP answered holds a part of its credential')
  }
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, NAME), text, { flag: 'wx' })
}
