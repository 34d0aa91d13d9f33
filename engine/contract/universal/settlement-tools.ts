import { PAGE, type UniversalTool } from './tool-kind.ts'

/** Payments or receipts. `of`: what they settle. */
export function settlement(entity: string, plural: string, of: string): Record<string, UniversalTool> {
  const write = { entity, record: 'written', answer: 'one' } as const
  return {
    [`get_${plural}_list`]: {
      description: `List ${plural}, page by page`,
      effect: 'read',
      entity,
      record: entity,
      answer: 'list',
      args: [...PAGE, 'date_from', 'date_to'],
    },
    [`get_${entity}_by_id`]: {
      description: `Get one ${entity}`,
      effect: 'read',
      entity,
      record: entity,
      answer: 'one',
      args: ['id!'],
    },
    [`create_${entity}`]: {
      ...write,
      description: `Settle a ${of}, wholly or in part: this moves money in the books`,
      effect: 'settle',
      money: true,
      args: [
        'reference!',
        `${of}_id!`,
        'account_id!',
        'amount!',
        'date!',
        'interest',
        'fine',
        'discount',
        'description',
      ],
    },
    [`delete_${entity}`]: {
      ...write,
      description: `Undo a ${entity}: the ${of} is open again`,
      effect: 'delete',
      args: ['id!', `${of}_id!`, 'reason!'],
    },
  }
}

/** Payments that somebody prepares and the ERP itself approves. */
export const DRAFT_TOOLS: Readonly<Record<string, UniversalTool>> = {
  create_payment_draft: {
    description: 'Prepare a payment to a vendor; it moves nothing until it is approved in the ERP',
    effect: 'create',
    entity: 'payment',
    record: 'written',
    answer: 'one',
    money: true,
    args: ['reference!', 'vendor_id!', 'account_id!', 'amount!', 'date!', 'payable_id', 'description'],
  },
  update_payment_draft: {
    description: 'Change a payment that is still a draft',
    effect: 'update',
    entity: 'payment',
    record: 'written',
    answer: 'one',
    money: true,
    args: ['reference!', 'id!', 'amount', 'date', 'description'],
  },
  update_payment_approved: {
    description: 'Approve prepared payments in the ERP: this releases their money',
    effect: 'settle',
    entity: 'payment',
    record: 'written',
    answer: 'many',
    money: true,
    args: ['reference!', 'payment_ids!'],
  },
  delete_payment_draft: {
    description: 'Delete a payment that is still a draft',
    effect: 'delete',
    entity: 'payment',
    record: 'written',
    answer: 'one',
    args: ['id!', 'reason!'],
  },
}
