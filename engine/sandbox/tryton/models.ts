import { accountModels } from './account-models.ts'
import type { Model } from './model.ts'
import { partyModels } from './party-models.ts'

/** The part of the ERP's models that its tools touch. */
export const models: Readonly<Record<string, Model>> = { ...partyModels, ...accountModels }
