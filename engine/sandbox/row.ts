/** A record as an ERP keeps and shows it. */
export type Row = Record<string, unknown>

/** Seed data: records by the CNPJ of their company. */
export type Seed = Record<string, readonly Row[]>

export function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The elements of a list that are records; none when it is no list. */
export function rowsOf(value: unknown): Row[] {
  return Array.isArray(value) ? value.filter(isRow) : []
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
}

export function numberOf(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0
}

/** Reais as whole centavos: sums of money are never made on binary fractions. */
export function centavos(value: unknown): number {
  return Math.round(numberOf(value) * 100)
}

/** The day in Brasília as `aaaa-mm-dd`; no summer time there since 2019. */
export function dayInBrasilia(epochMs: number): string {
  return new Date(epochMs - 3 * 3_600_000).toISOString().slice(0, 10)
}
