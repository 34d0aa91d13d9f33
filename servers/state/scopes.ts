import { all, first, type Steps } from './sql.ts'

/** How often something has happened in a scope: what a decision read there holds while this stays. */
export function* versionOf(scope: string): Steps<number> {
  const row = yield* first('SELECT version FROM scopes WHERE scope = ?', scope)
  return Number(row?.['version'] ?? 0)
}

export function* move(scope: string): Steps<void> {
  yield* all(
    'INSERT INTO scopes (scope, version) VALUES (?, 1) ON CONFLICT (scope) DO UPDATE SET version = scopes.version + 1',
    scope,
  )
}
