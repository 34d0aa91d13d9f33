import type { Stops } from './overlay.ts'

/** An emergency stop in force, as the server tells it. */
export interface StopTold {
  id: string
  stops: Stops
  /** For whom alone it holds; null: for all companies. */
  companies: string[] | null
  from: string
  until: string
  reason: string
  /** The key, or the person, that made it. */
  by: string
  /** Persons who want it ended before its time. */
  end_asked_by: string[]
}
