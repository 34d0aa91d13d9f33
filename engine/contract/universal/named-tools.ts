import { PAGE, type UniversalTool } from './tool-kind.ts'

/** What has a name and little else. */
export function named(entity: string, plural: string): Record<string, UniversalTool> {
  const words = plural.replace('_', ' ')
  const one = words.replace(/ies$/, 'y').replace(/s$/, '')
  const base = { entity, record: entity, effect: 'read' } as const
  const write = { entity, record: 'written', answer: 'one' } as const
  return {
    [`get_${plural}_list`]: { ...base, description: `List ${words}, page by page`, answer: 'list', args: PAGE },
    [`get_${entity}_by_id`]: { ...base, description: `Get one ${one}`, answer: 'one', args: ['id!'] },
    [`create_${entity}`]: {
      ...write,
      description: `Create a ${one}`,
      effect: 'create',
      args: ['reference!', 'name!', ...(entity === 'category' ? ['kind!'] : [])],
    },
    [`update_${entity}`]: { ...write, description: `Rename a ${one}`, effect: 'update', args: ['id!', 'name!'] },
  }
}
