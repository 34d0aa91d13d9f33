import { randomUUID } from 'node:crypto'
import { bareDocument, isCnpj, isCpf } from '../brazilian-document.ts'
import { isRow, type Row, textOf } from '../row.ts'
import type { Company } from './company.ts'
import { invalid, missing } from './fault.ts'
import type { Columns } from './odata-filter.ts'

export type StakeholderKind = 'Customer' | 'Supplier'

export const STAKEHOLDER_COLUMNS: Columns = {
  id: 'guid',
  name: 'text',
  email: 'text',
  phone: 'text',
  type: 'text',
  'document/number': 'text',
  'communication/email': 'text',
  'communication/phone': 'text',
  'communication/contactName': 'text',
  'address/city': 'text',
  'address/state': 'text',
  'companyInformation/companyName': 'text',
  isCompany: 'boolean',
  isArchived: 'boolean',
  updateDate: 'date',
}

/** As a read shows it: the type of document in another case than it is written, phone and e-mail mirrored at the root. */
export function shownStakeholder({ kind, ...row }: Row): Row {
  const { number, type } = branch(row['document'])
  const { email, phone } = branch(row['communication'])
  const isCompany = type === 'Cnpj'
  return {
    ...row,
    type: kind,
    document: number ? { number, type } : null,
    email: email ?? null,
    phone: phone ?? null,
    isCompany,
    personType: isCompany ? 'Company' : 'Person',
    isDeleted: false,
  }
}

export function insertStakeholder(company: Company, kind: StakeholderKind, body: Row, now: number): Row {
  const row = stored(randomUUID(), kind, body, now)
  company.stakeholders.put(textOf(row['id']), row)
  return row
}

/** Replaces the whole record: what the body leaves out is gone. */
export function replaceStakeholder(company: Company, kind: StakeholderKind, id: string, body: Row, now: number): void {
  stakeholderOf(company, kind, id)
  company.stakeholders.put(id, stored(id, kind, body, now))
}

export function removeStakeholder(company: Company, kind: StakeholderKind, id: string): void {
  stakeholderOf(company, kind, id)
  if (company.schedules.current().some((row) => row['stakeholderId'] === id)) {
    throw invalid('Não é possível excluir um contato que possui agendamentos.')
  }
  company.stakeholders.remove(id)
}

export function stakeholderOf(company: Company, kind: StakeholderKind | undefined, id: string): Row {
  const row = company.stakeholders.get(id)
  if (row === undefined || (kind !== undefined && row['kind'] !== kind)) throw missing(`stakeholder ${id}`)
  return row
}

function stored(id: string, kind: StakeholderKind, body: Row, now: number): Row {
  const name = textOf(body['name']).trim()
  if (name === '') throw invalid('O nome é obrigatório.')
  const given = branch(body['communication'])
  return {
    id,
    kind,
    name,
    document: documentOf(body['document']),
    communication: {
      contactName: given['contactName'] ?? null,
      // The mirrors at the root win over the branch: a record sent back as it was read changes nothing.
      email: body['email'] ?? given['email'] ?? null,
      phone: body['phone'] ?? given['phone'] ?? null,
      cellPhone: given['cellPhone'] ?? null,
      webSite: given['webSite'] ?? null,
    },
    address: isRow(body['address']) ? body['address'] : null,
    bankAccountInformation: isRow(body['bankAccountInformation']) ? body['bankAccountInformation'] : null,
    companyInformation: isRow(body['companyInformation']) ? body['companyInformation'] : null,
    isArchived: body['isArchived'] === true,
    updateDate: new Date(now).toISOString(),
  }
}

function documentOf(value: unknown): Row {
  const { number, type } = branch(value)
  const bare = bareDocument(textOf(number))
  if (bare === '') return { number: null, type: null }
  const kind = textOf(type).toUpperCase()
  if (kind === 'CNPJ' && isCnpj(bare)) return { number: bare, type: 'Cnpj' }
  if (kind === 'CPF' && isCpf(bare)) return { number: bare, type: 'Cpf' }
  throw invalid('O documento informado é inválido.')
}

function branch(value: unknown): Row {
  return isRow(value) ? value : {}
}
