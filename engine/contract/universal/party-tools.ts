import { PAGE, type UniversalTool } from './tool-kind.ts'

const PARTY_FIELDS = ['trade_name', 'email', 'phone', 'city', 'state', 'bank']

/** Customers or vendors. */
export function party(entity: 'customer' | 'vendor', plural: string): Record<string, UniversalTool> {
  const base = { entity, record: entity } as const
  const write = { entity, record: 'written', answer: 'one' } as const
  return {
    [`get_${plural}_list`]: {
      ...base,
      description: `List ${plural}, page by page`,
      effect: 'read',
      answer: 'list',
      args: [...PAGE, 'name_contains', 'inactive_filter'],
    },
    [`get_${entity}_by_id`]: {
      ...base,
      description: `Get one ${entity}`,
      effect: 'read',
      answer: 'one',
      args: ['id!'],
    },
    [`get_${entity}_by_document`]: {
      ...base,
      description: `Find ${plural} by CPF or CNPJ`,
      effect: 'read',
      answer: 'many',
      args: ['document!'],
    },
    [`create_${entity}`]: {
      ...write,
      description: `Create a ${entity}`,
      effect: 'create',
      args: ['reference!', 'name!', 'document!', ...PARTY_FIELDS],
    },
    [`update_${entity}`]: {
      ...write,
      description: `Change fields of a ${entity}; fields left out keep their values`,
      effect: 'update',
      args: ['id!', 'name', 'document', ...PARTY_FIELDS],
    },
    [`update_${entity}_inactive`]: {
      ...write,
      description: `Take a ${entity} out of use without deleting it`,
      effect: 'update',
      args: ['id!', 'reason!'],
    },
    [`delete_${entity}`]: { ...write, description: `Delete a ${entity}`, effect: 'delete', args: ['id!', 'reason!'] },
  }
}
