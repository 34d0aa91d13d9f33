import { randomUUID } from 'node:crypto'
import { centavos, isRow, type Row, textOf } from '../row.ts'
import type { Company } from './company.ts'
import { invalid, missing } from './fault.ts'
import type { Columns } from './odata-filter.ts'

// Each view pages by a key of its own; `id` exists on some of them only.
export const CATEGORY_COLUMNS: Columns = {
  id: 'guid',
  name: 'text',
  type: 'text',
  referenceCode: 'text',
  'group/id': 'guid',
  'group/name': 'text',
  'group/referenceCode': 'text',
  groupType: 'number',
  order: 'number',
}
export const COST_CENTER_COLUMNS: Columns = { costCenterId: 'guid', description: 'text', isArchived: 'boolean' }
export const ACCOUNT_COLUMNS: Columns = {
  id: 'guid',
  name: 'text',
  bankCode: 'number',
  agency: 'text',
  accountNumber: 'text',
  isArchived: 'boolean',
}
export const BALANCE_COLUMNS: Columns = {
  accountId: 'guid',
  accountName: 'text',
  balance: 'number',
  bankBalance: 'number',
}

export function categoryOf(company: Company, id: string): Row {
  return found(company.categories.get(id), `category ${id}`)
}

/** There is no way back: a category has neither PUT nor DELETE. */
export function insertCategory(company: Company, body: Row): string {
  const group = company.categories
    .current()
    .map((row) => row['group'])
    .find((one) => isRow(one) && one['id'] === body['subGroupId'])
  if (body['subGroupId'] !== undefined && group === undefined) throw invalid('Subgroupo não encontrado.')
  const id = randomUUID()
  const type = body['type'] === 'in' ? 'in' : 'out'
  company.categories.put(id, {
    id,
    name: nameOf(body, 'name'),
    type,
    referenceCode: null,
    group: group ?? null,
    groupType: 0,
    order: null,
  })
  return id
}

export function costCenterOf(company: Company, id: string): Row {
  return found(company.costCenters.get(id), `cost center ${id}`)
}

export function insertCostCenter(company: Company, body: Row): string {
  const costCenterId = randomUUID()
  company.costCenters.put(costCenterId, costCenter(costCenterId, body))
  return costCenterId
}

export function replaceCostCenter(company: Company, id: string, body: Row): void {
  costCenterOf(company, id)
  company.costCenters.put(id, costCenter(id, body))
}

export function removeCostCenter(company: Company, id: string): void {
  costCenterOf(company, id)
  company.costCenters.remove(id)
}

/** The balance view shares hardly a name with the accounts. */
export function balances(company: Company): Row[] {
  const entries = company.entries.listed()
  return company.accounts.listed().map((account) => {
    const moved = entries
      .filter((entry) => entry['accountId'] === account['id'])
      .reduce((sum, entry) => sum + (entry['kind'] === 'receipts' ? 1 : -1) * centavos(entry['value']), 0)
    const balance = (centavos(account['openingBalance']) + moved) / 100
    return { accountId: account['id'], accountName: account['name'], balance, bankBalance: 0 }
  })
}

function costCenter(costCenterId: string, body: Row): Row {
  return { costCenterId, description: nameOf(body, 'description'), isArchived: body['isArchived'] === true }
}

function nameOf(body: Row, field: string): string {
  const name = textOf(body[field]).trim()
  if (name === '') throw invalid(`O campo ${field} é obrigatório.`)
  return name
}

function found(row: Row | undefined, path: string): Row {
  if (row === undefined) throw missing(path)
  return row
}
