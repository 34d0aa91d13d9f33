import { dropConsents, endOverlay, keptOverlays, takeOverlay } from './overlay-operations.ts'
import type {
  ConsentDropping,
  KeptOverlay,
  OverlayEnded,
  OverlayEnding,
  OverlayTaken,
  OverlayTaking,
} from './overlay-words.ts'
import type { Here, Steps } from './sql.ts'

export interface OverlayOperations {
  keptOverlays(now: { at_ms: number }): KeptOverlay[]
  takeOverlay(taking: OverlayTaking): OverlayTaken
  endOverlay(ending: OverlayEnding): OverlayEnded
  dropConsents(dropping: ConsentDropping): string[]
}

type Table = {
  [Name in keyof OverlayOperations]: (
    here: Here,
    input: Parameters<OverlayOperations[Name]>[0],
  ) => Steps<ReturnType<OverlayOperations[Name]>>
}

export const overlayOperations: Table = { keptOverlays, takeOverlay, endOverlay, dropConsents }

export const OVERLAY_READS: readonly (keyof OverlayOperations)[] = ['keptOverlays']
