import type { KeyUse } from '../access/key-file.ts'
import { type KeySummary, listKeys, newKey, retireKey, rotateKey } from '../access/keys.ts'
import { trustPath } from '../access/public-keys.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { openWorkplace, workplaceOf } from './workplace.ts'

interface Keys {
  root: string
  format: 'text' | 'json'
}

/** `alcada keys list`. */
export async function keysList({ root, format }: Keys): Promise<ExitCode> {
  const { folder } = workplaceOf(root)
  const keys = await listKeys(folder)
  if (format === 'json') process.stdout.write(`${JSON.stringify({ keys })}\n`)
  else if (keys.length === 0) process.stdout.write('no keys yet; `alcada keys new --use bundle` makes one\n')
  else process.stdout.write(`${keys.map(line).join('')}what servers trust: ${trustPath(folder)}\n`)
  return EXIT.done
}

/** `alcada keys new`. */
export async function keysNew(options: Keys & { use: KeyUse; days: number | undefined }): Promise<ExitCode> {
  const { folder } = await openWorkplace(options.root)
  return told(options.format, await newKey({ folder, use: options.use, days: options.days }))
}

/** `alcada keys rotate`: a new key beside the old ones, which end after the overlap. */
export async function keysRotate(
  options: Keys & { use: KeyUse; days: number | undefined; overlapDays: number | undefined },
): Promise<ExitCode> {
  const { folder } = await openWorkplace(options.root)
  const { created, ending } = await rotateKey({
    folder,
    use: options.use,
    days: options.days,
    overlapDays: options.overlapDays,
  })
  if (options.format === 'json') process.stdout.write(`${JSON.stringify({ created, ending })}\n`)
  else process.stdout.write([created, ...ending].map(line).join(''))
  return EXIT.done
}

/** `alcada keys retire`: the key is trusted no more. */
export async function keysRetire(options: Keys & { id: string }): Promise<ExitCode> {
  const { folder } = await openWorkplace(options.root)
  await retireKey({ folder, id: options.id })
  return keysList(options)
}

function told(format: Keys['format'], key: KeySummary): ExitCode {
  process.stdout.write(format === 'json' ? `${JSON.stringify(key)}\n` : line(key))
  return EXIT.done
}

function line({ id, use, development, not_after, state, can_sign }: KeySummary): string {
  const notes = [development ? 'development' : '', can_sign ? '' : 'public half only'].filter((note) => note !== '')
  return `${id}  ${use}  ${state} until ${not_after.slice(0, 10)}${notes.length > 0 ? `  (${notes.join(', ')})` : ''}\n`
}
