import { all, first, type Here, type Steps } from './sql.ts'

/** Keeps the value of whoever comes first, and gives it to everyone. */
export function* claimSetting(_here: Here, { name, value }: { name: string; value: string }): Steps<string> {
  yield* all('INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING', name, value)
  const row = yield* first('SELECT value FROM settings WHERE name = ?', name)
  return String(row?.['value'])
}
