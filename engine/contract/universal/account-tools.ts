import { PAGE, type UniversalTool } from './tool-kind.ts'

/** Accounts payable or receivable. `partyId`: the argument that names the other side. */
export function account(
  entity: string,
  plural: string,
  partyId: string,
  extra: readonly string[] = [],
): Record<string, UniversalTool> {
  const base = { entity, record: entity } as const
  const write = { entity, record: 'written', answer: 'one' } as const
  const words = plural.replace('_', ' ')
  return {
    [`get_${plural}_list`]: {
      ...base,
      description: `List ${words}, page by page`,
      effect: 'read',
      answer: 'list',
      args: [...PAGE, partyId, 'status', 'due_from', 'due_to'],
    },
    [`get_${entity}_by_id`]: {
      ...base,
      description: `Get one of the ${words}`,
      effect: 'read',
      answer: 'one',
      args: ['id!'],
    },
    [`create_${entity}`]: {
      ...write,
      description: `Enter one of the ${words}`,
      effect: 'create',
      money: true,
      args: [
        'reference!',
        `${partyId}!`,
        'amount!',
        'due_date!',
        'category_id!',
        'issue_date',
        'accrual_date',
        'account_id',
        'cost_center_id',
        'document_number',
        'description',
        ...extra,
      ],
    },
    [`update_${entity}`]: {
      ...write,
      description: `Change one of the open ${words}; fields left out keep their values`,
      effect: 'update',
      money: true,
      args: [
        'reference!',
        'id!',
        'amount',
        'due_date',
        'category_id',
        'accrual_date',
        'document_number',
        'description',
      ],
    },
    [`delete_${entity}`]: {
      ...write,
      description: `Delete one of the open ${words}`,
      effect: 'delete',
      args: ['id!', 'reason!'],
    },
  }
}
