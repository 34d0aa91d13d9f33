import { randomUUID } from 'node:crypto'
import { centavos, isRow, type Row, rowsOf, textOf } from '../row.ts'
import type { Company, Issued } from './company.ts'
import { invalid } from './fault.ts'
import { instantOf } from './odata-lexer.ts'
import { type ScheduleKind, scheduleOf, totalOf } from './schedule.ts'

/** Creates a schedule, or one per instalment, and answers the id of the first. */
export function insertSchedule(company: Company, kind: ScheduleKind, body: Row, now: number): string {
  const instalments = rowsOf(body['instalment'])
  if (instalments.length > 0 && isRow(body['recurrence'])) {
    throw invalid('Não é possível informar recorrência e parcelamento no mesmo agendamento.')
  }
  const createDate = new Date(now).toISOString()
  const base: Row = { ...stored(company, kind, body), createDate, hasRecurrence: isRow(body['recurrence']) }
  if (instalments.length === 0) return put(company, base)
  const installmentId = randomUUID()
  const ids = instalments.map((line, at) =>
    put(company, {
      ...base,
      dueDate: dayOf(line['dueDate'], 'dueDate'),
      scheduleDate: dayOf(line['dueDate'], 'dueDate'),
      // The root's description is dropped; each instalment has its own with its place behind it.
      description: `${textOf(line['description'])} - ${at + 1}/${instalments.length}`,
      categories: [{ ...rowsOf(base['categories'])[0], value: positive(line['value']) }],
      installment: { installmentId, parcelNumber: at + 1 },
    }),
  )
  return ids[0] ?? ''
}

/** Replaces the whole record: what the body leaves out is gone. */
export function replaceSchedule(company: Company, kind: ScheduleKind, id: string, body: Row, now: number): void {
  const before = scheduleOf(company, id, kind)
  const { createDate, installment, hasRecurrence } = before
  const kept = { scheduleId: id, createDate, installment, hasRecurrence, updateDate: new Date(now).toISOString() }
  company.schedules.put(id, { ...stored(company, kind, body), ...kept })
}

export function removeSchedule(company: Company, kind: ScheduleKind, id: string): void {
  scheduleOf(company, id, kind)
  if (company.entries.current().some((entry) => entry['scheduleId'] === id)) {
    throw invalid('Não é possível excluir um agendamento que possui baixa.')
  }
  company.schedules.remove(id)
}

/**
 * What the arguments of `POST /schedules/credit` make Nibo issue: `collection` a boleto, `autoGenerateNFSeType` an
 * NFS-e. Nothing in the path or the answer tells.
 */
export function issuedBy(company: Company, scheduleId: string, body: Row): Issued[] {
  const { collection, autoGenerateNFSeType, serviceProfileId } = body
  const issued: Issued[] = []
  if (isRow(collection)) issued.push({ company: company.cnpj, kind: 'boleto', scheduleId, request: collection })
  if (typeof autoGenerateNFSeType === 'number' && autoGenerateNFSeType > 1) {
    issued.push({
      company: company.cnpj,
      kind: 'nfse',
      scheduleId,
      request: { autoGenerateNFSeType, serviceProfileId: serviceProfileId ?? null },
    })
  }
  return issued
}

function stored(company: Company, kind: ScheduleKind, body: Row): Row {
  const stakeholderId = textOf(body['stakeholderId']).toLowerCase()
  if (company.stakeholders.get(stakeholderId) === undefined) throw invalid('Contato não encontrado.')
  const categories = rowsOf(body['categories']).map((line) => categoryLine(company, kind, line))
  if (categories.length === 0) throw invalid('Informe ao menos uma categoria.')
  const dueDate = dayOf(body['dueDate'], 'dueDate')
  const row: Row = {
    type: kind,
    stakeholderId,
    description: body['description'] ?? null,
    reference: body['reference'] ?? null,
    dueDate,
    scheduleDate: dayOf(body['scheduleDate'], 'scheduleDate'),
    accrualDate: body['accrualDate'] === undefined ? dueDate : dayOf(body['accrualDate'], 'accrualDate'),
    categories,
    costCenterValueType: body['costCenterValueType'] ?? null,
    costCenters: rowsOf(body['costCenters']),
    isFlagged: body['isFlagged'] === true,
  }
  checkShares(company, row)
  return row
}

function categoryLine(company: Company, kind: ScheduleKind, line: Row): Row {
  const categoryId = textOf(line['categoryId']).toLowerCase()
  const category = company.categories.get(categoryId)
  if (category === undefined) throw invalid('Categoria não encontrada.')
  // The type of the category signs the line: the wrong half makes the amount negative.
  if (category['type'] !== (kind === 'Debit' ? 'out' : 'in')) throw invalid('Valor do agendamento deve ser positivo')
  return { categoryId, value: positive(typeof line['value'] === 'number' ? Math.abs(line['value']) : line['value']) }
}

function checkShares(company: Company, row: Row): void {
  const shares = rowsOf(row['costCenters'])
  if (shares.length === 0) return
  if (shares.some((line) => company.costCenters.get(textOf(line['costCenterId'])) === undefined)) {
    throw invalid('Centro de custo não encontrado.')
  }
  const sum = (key: string): number => shares.reduce((total, line) => total + centavos(line[key]), 0)
  if (row['costCenterValueType'] === 1 && sum('percent') !== 10_000) {
    throw invalid('A soma do percentual total dos Centros de Custo deve ser de 100%')
  }
  if (row['costCenterValueType'] === 0 && sum('value') !== totalOf(row)) {
    throw invalid('A soma dos valores totais dos Centros de Custo deve ser igual ao valor do agendamento.')
  }
}

function put(company: Company, row: Row): string {
  const scheduleId = randomUUID()
  company.schedules.put(scheduleId, { ...row, scheduleId })
  return scheduleId
}

function positive(value: unknown): number {
  if (typeof value !== 'number' || centavos(value) <= 0) throw invalid('Valor do agendamento deve ser positivo')
  return value
}

/** The day of a date, which is all that is kept. */
export function dayOf(value: unknown, name: string): string {
  const text = textOf(value)
  if (!/^\d{4}-\d{2}-\d{2}/.test(text)) throw invalid(`O campo ${name} é obrigatório e deve ser uma data.`)
  return new Date(instantOf(text.slice(0, 10))).toISOString().slice(0, 10)
}
