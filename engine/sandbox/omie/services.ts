import type { Row } from '../row.ts'
import type { Company } from './company.ts'
import * as customers from './customers.ts'
import * as registers from './registers.ts'
import { cancelSettlement, launch, reconcile } from './settlements.ts'
import type { Structure } from './structure.ts'
import * as types from './structures.ts'
import { cancelTitle, changeTitle, insertTitle, listTitles, readTitle, removeTitle, upsertTitle } from './titles.ts'

/** One method of a service. */
export interface Method {
  /** Of which complex type its parameter is. */
  takes: Structure
  run(company: Company, param: Row, now: number): Row
}

/** Methods by the path of their service and their name. */
export const services: Readonly<Record<string, Readonly<Record<string, Method>>>> = {
  '/geral/clientes/': {
    IncluirCliente: { takes: types.clientesCadastro, run: customers.insertCustomer },
    AlterarCliente: { takes: types.clientesCadastro, run: customers.changeCustomer },
    UpsertCliente: { takes: types.clientesCadastro, run: customers.upsertCustomer },
    UpsertClienteCpfCnpj: { takes: types.clientesCadastro, run: customers.upsertCustomerByDocument },
    AssociarCodIntCliente: { takes: types.clientesChave, run: customers.associateCustomer },
    ExcluirCliente: { takes: types.clientesChave, run: customers.removeCustomer },
    ConsultarCliente: { takes: types.clientesChave, run: customers.readCustomer },
    ListarClientes: { takes: types.clientesLista, run: customers.listCustomers },
    ListarClientesResumido: { takes: types.clientesLista, run: customers.listCustomersBriefly },
  },
  '/financas/contapagar/': {
    IncluirContaPagar: { takes: types.contaPagar, run: insertTitle('pagar') },
    AlterarContaPagar: { takes: types.contaPagar, run: changeTitle('pagar') },
    UpsertContaPagar: { takes: types.contaPagar, run: upsertTitle('pagar') },
    ExcluirContaPagar: { takes: types.contaPagarChave, run: removeTitle('pagar') },
    ConsultarContaPagar: { takes: types.contaPagarChave, run: readTitle('pagar') },
    ListarContasPagar: { takes: types.contaPagarLista, run: listTitles('pagar') },
    LancarPagamento: { takes: types.lancarPagamento, run: launch('pagar', 'Pagamento registrado com sucesso!') },
    CancelarPagamento: {
      takes: types.cancelarPagamento,
      run: cancelSettlement('pagar', 'Pagamento cancelado com sucesso!'),
    },
  },
  '/financas/contareceber/': {
    IncluirContaReceber: { takes: types.contaReceber, run: insertTitle('receber') },
    AlterarContaReceber: { takes: types.contaReceber, run: changeTitle('receber') },
    UpsertContaReceber: { takes: types.contaReceber, run: upsertTitle('receber') },
    ExcluirContaReceber: { takes: types.contaReceberChave, run: removeTitle('receber') },
    CancelarContaReceber: { takes: types.contaReceberChave, run: cancelTitle },
    ConsultarContaReceber: { takes: types.contaReceberConsulta, run: readTitle('receber') },
    ListarContasReceber: { takes: types.contaReceberLista, run: listTitles('receber') },
    LancarRecebimento: {
      takes: types.lancarRecebimento,
      run: launch('receber', 'Recebimento registrado com sucesso!'),
    },
    CancelarRecebimento: {
      takes: types.cancelarRecebimento,
      run: cancelSettlement('receber', 'Recebimento cancelado com sucesso!'),
    },
    ConciliarRecebimento: { takes: types.conciliar, run: reconcile('S', 'Recebimento conciliado com sucesso!') },
    DesconciliarRecebimento: { takes: types.conciliar, run: reconcile('N', 'Recebimento desconciliado com sucesso!') },
  },
  '/geral/categorias/': {
    ListarCategorias: { takes: types.categoriaLista, run: registers.listCategories },
    ConsultarCategoria: { takes: types.categoriaConsulta, run: registers.readCategory },
    IncluirCategoria: { takes: types.categoriaIncluir, run: registers.insertCategory },
    AlterarCategoria: { takes: types.categoriaAlterar, run: registers.changeCategory },
  },
  '/geral/departamentos/': {
    ListarDepartamentos: { takes: types.departamentoLista, run: registers.listDepartments },
    // The misspelt alias is Omie's own.
    ListarDepatartamentos: { takes: types.departamentoLista, run: registers.listDepartments },
    ConsultarDepartamento: { takes: types.departamentoChave, run: registers.readDepartment },
    IncluirDepartamento: { takes: types.departamentoIncluir, run: registers.insertDepartment },
    AlterarDepartamento: { takes: types.departamentoAlterar, run: registers.changeDepartment },
    ExcluirDepartamento: { takes: types.departamentoChave, run: registers.removeDepartment },
  },
  '/geral/contacorrente/': {
    ListarContasCorrentes: { takes: types.contaCorrenteLista, run: registers.listAccounts },
    ListarResumoContasCorrentes: { takes: types.contaCorrenteLista, run: registers.listAccountsBriefly },
    ConsultarContaCorrente: { takes: types.contaCorrenteChave, run: registers.readAccount },
  },
}
