import { InvalidArgumentError, Option } from 'commander'

export function format(...choices: string[]): Option {
  return new Option('--format <format>', 'how to report')
    .choices(choices.length === 0 ? ['text', 'json'] : choices)
    .default('text')
}

/** A whole number of at most five digits. */
export function whole(text: string): number {
  if (!/^\d{1,5}$/.test(text)) throw new InvalidArgumentError('expected a whole number.')
  return Number(text)
}

export function port(text: string): number {
  const value = whole(text)
  if (value > 65_000) throw new InvalidArgumentError('expected a port up to 65000.')
  return value
}
