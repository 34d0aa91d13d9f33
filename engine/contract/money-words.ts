import { decimalOf } from './money.ts'

/** 150000 centavos → `R$ 1.500,00`; another currency keeps its code. */
export function moneyInWords(centavos: number, currency: string): string {
  const [whole = '0', decimals = '00'] = decimalOf(centavos).split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, '.')
  return `${currency === 'BRL' ? 'R$' : currency} ${grouped},${decimals}`
}
