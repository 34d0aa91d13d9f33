import { centavos, numberOf, type Row } from '../row.ts'
import { openCentavos, refused, shownAccount } from './accounts.ts'
import { type Bordero, type Company, found, type Side } from './company.ts'
import { fieldsOf } from './field.ts'

/** `POST /contas/{side}/{id}/baixar`: settles the account, wholly where no amount is given, and answers the new borderô. */
export function settle(company: Company, side: Side, id: number, body: Row): number {
  const account = found(company.accounts[side], id)
  const fields = fieldsOf(body, 'a baixa')
  const open = openCentavos(company, account)
  const byDueDate = body['usarDataVencimento']
  if (typeof byDueDate !== 'boolean') fields.fail('usarDataVencimento', 'O campo usarDataVencimento é obrigatório.')
  const given = fields.date('data')
  const row = {
    id: company.nextId(),
    data: byDueDate === true ? account['vencimento'] : given,
    historico: fields.text('historico'),
    portador: { id: fields.id('portador', company.financialAccounts) },
    categoria: { id: fields.id('categoria', company.categories) },
  }
  const line = {
    conta: id,
    // "Se não for especificado, o valor total da conta será usado": a settlement without an amount pays all of it.
    valorPago: body['valorRecebido'] === undefined ? open / 100 : fields.money('valorRecebido'),
    juros: fields.amount('juros', 0),
    desconto: fields.amount('desconto', 0),
    acrescimo: fields.amount('acrescimo', 0),
    tarifa: fields.amount('tarifa', 0),
  }
  fields.done()
  const { situacao } = shownAccount(company, side, account)
  if (situacao !== 1 && situacao !== 3) throw refused('A conta não está em aberto.')
  if (centavos(line.valorPago) > open) throw refused('O valor recebido é maior que o saldo da conta.')
  company.borderos.set(row.id, { row, lines: [line] })
  return row.id
}

/** As a read shows it: neither which accounts were settled nor on which side they stand. */
export function shownBordero(company: Company, { row, lines }: Bordero): Row {
  const pagamentos = lines.map(({ conta, ...amounts }) => {
    const account = company.accounts.pagar.get(conta) ?? company.accounts.receber.get(conta) ?? {}
    return { contato: account['contato'], numeroDocumento: account['numeroDocumento'], ...amounts }
  })
  return { ...row, pagamentos }
}

/** Undoes every settlement of the borderô. */
export function removeBordero(company: Company, id: number): void {
  found(company.borderos, id)
  company.borderos.delete(id)
}

/** Its settlements, each with the account it settles and the side. */
export function settlementsOf(company: Company): Row[] {
  return [...company.borderos.values()].flatMap(({ row, lines }) =>
    lines.map((line) => ({
      bordero: numberOf(row['id']),
      lado: company.accounts.pagar.has(line.conta) ? 'pagar' : 'receber',
      ...row,
      ...line,
    })),
  )
}
