import { alive } from './lease.ts'
import { all, first, type Here, type Steps } from './sql.ts'

/**
 * Puts down what this process has counted, for the one that judges for all.
 * @returns whether that is this one, and what all living processes have counted
 */
export function* shareFigures(
  here: Here,
  { figures }: { figures: string },
): Steps<{ leads: boolean; figures: string[] }> {
  yield* all(
    `INSERT INTO alert_figures (instance, figures) VALUES (?, ?)
     ON CONFLICT (instance) DO UPDATE SET figures = excluded.figures`,
    ...[here.instance, figures],
  )
  yield* all(`DELETE FROM alert_figures AS r WHERE NOT ${alive(here)}`, here.instance)
  const rows = yield* all('SELECT figures FROM alert_figures ORDER BY instance')
  return { leads: yield* leads(here), figures: rows.map((row) => String(row['figures'])) }
}

/** Whether this process judges alerts; it does from now on where nobody who lives does. */
export function* leads(here: Here): Steps<boolean> {
  const lead = yield* first(`SELECT r.instance FROM alert_lead r WHERE ${alive(here)}`, here.instance)
  if (lead !== null) return lead['instance'] === here.instance
  yield* all(
    `INSERT INTO alert_lead (name, instance) VALUES ('alerts', ?)
     ON CONFLICT (name) DO UPDATE SET instance = excluded.instance`,
    here.instance,
  )
  return true
}
