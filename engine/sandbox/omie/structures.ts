import { type Structure, structure } from './structure.ts'

// Names and tags as in Omie's WSDL (pauloracunha/omie-lib); what a stand-in cannot act on is left out and so refused.
const info = structure('info', { text: 'dInc hInc uInc dAlt hAlt uAlt cImpAPI' })
const tags = structure('tags', { text: 'tag' })
const bank = structure('dadosBancarios', {
  text: 'codigo_banco agencia conta_corrente doc_titular nome_titular cChavePix',
  flag: 'transf_padrao',
})
const filter = structure('clientesFiltro', {
  text: 'codigo_cliente_integracao cnpj_cpf razao_social nome_fantasia cidade estado email contato',
  integer: 'codigo_cliente_omie',
  flag: 'pessoa_fisica inativo',
  nested: { tags },
})
const share = structure('distribuicao', { text: 'cCodDep cDesDep', decimal: 'nValDep nPerDep' })
const categoryShare = structure('categorias', { text: 'codigo_categoria', decimal: 'valor percentual' })
const cnab = structure('cnab_integracao_bancaria', {
  text: 'codigo_forma_pagamento banco_transferencia agencia_transferencia conta_corrente_transferencia finalidade_transferencia cpf_cnpj_transferencia nome_transferencia codigo_barras_boleto pix_qrcode',
  decimal: 'juros_boleto multa_boleto',
})
const settled = structure('pagamento', {
  text: 'codigo_pagamento_integracao observacao',
  integer: 'codigo_conta_corrente',
  decimal: 'valor desconto juros multa',
  date: 'data',
})

const paging = 'pagina registros_por_pagina'
const listFlags = 'apenas_importado_api ordem_descrescente filtrar_apenas_inclusao filtrar_apenas_alteracao'

export const clientesCadastro: Structure = structure('clientes_cadastro', {
  text: 'codigo_cliente_integracao razao_social cnpj_cpf nome_fantasia telefone1_ddd telefone1_numero telefone2_ddd telefone2_numero contato endereco endereco_numero bairro complemento estado cidade cidade_ibge cep codigo_pais email homepage inscricao_estadual inscricao_municipal tipo_atividade cnae observacao obs_detalhadas',
  integer: 'codigo_cliente_omie',
  decimal: 'valor_limite_credito',
  flag: 'optante_simples_nacional contribuinte pessoa_fisica exterior inativo bloquear_faturamento bloquear_exclusao importado_api enviar_anexos',
  nested: { tags, dadosBancarios: bank, info },
})
export const clientesChave: Structure = structure('clientes_cadastro_chave', {
  text: 'codigo_cliente_integracao',
  integer: 'codigo_cliente_omie',
})
export const clientesLista: Structure = structure('clientes_list_request', {
  text: 'ordenar_por',
  integer: paging,
  date: 'filtrar_por_data_de filtrar_por_data_ate',
  flag: `${listFlags} exibir_caracteristicas exibir_obs`,
  nested: { clientesFiltro: filter },
})

const titleTags = {
  text: 'codigo_lancamento_integracao codigo_cliente_fornecedor_integracao codigo_categoria numero_documento numero_documento_fiscal numero_parcela numero_pedido codigo_tipo_documento observacao chave_nfe codigo_barras_ficha_compensacao id_origem status_titulo operacao nsu',
  integer: 'codigo_lancamento_omie codigo_cliente_fornecedor id_conta_corrente codigo_projeto codigo_vendedor',
  decimal: 'valor_documento valor_pis valor_cofins valor_csll valor_ir valor_iss valor_inss',
  date: 'data_vencimento data_previsao data_emissao',
  flag: 'retem_pis retem_cofins retem_csll retem_ir retem_iss retem_inss bloqueado bloquear_exclusao importado_api baixar_documento conciliar_documento aprendizado_rateio',
}
export const contaPagar: Structure = structure('conta_pagar_cadastro', {
  ...titleTags,
  decimal: `${titleTags.decimal} valor_pag`,
  date: `${titleTags.date} data_entrada`,
  nested: { categorias: categoryShare, distribuicao: share, cnab_integracao_bancaria: cnab, pagamento: settled, info },
})
export const contaReceber: Structure = structure('conta_receber_cadastro', {
  ...titleTags,
  date: `${titleTags.date} data_registro`,
  nested: { categorias: categoryShare, distribuicao: share, recebimento: settled, info },
})
export const contaPagarChave: Structure = titleKey('conta_pagar_cadastro_chave')
export const contaReceberChave: Structure = titleKey('conta_receber_cadastro_chave')
export const contaReceberConsulta: Structure = titleKey('lcrChave')
export const contaPagarLista: Structure = titleList('lcpListarRequest')
export const contaReceberLista: Structure = titleList('lcrListarRequest')
export const lancarPagamento: Structure = settlement('conta_pagar_lancar_pagamento')
export const lancarRecebimento: Structure = settlement('conta_receber_lancar_recebimento')
export const cancelarPagamento: Structure = settlementKey('conta_pagar_cancelar_pagamento')
export const cancelarRecebimento: Structure = settlementKey('conta_receber_cancelar_recebimento')
export const conciliar: Structure = settlementKey('conta_receber_conciliar_request')

export const categoriaLista: Structure = structure('categoria_list_request', {
  text: 'ordenar_por filtrar_por_tipo',
  integer: paging,
  flag: 'apenas_importado_api ordem_descrescente filtrar_apenas_ativo',
})
export const categoriaConsulta: Structure = structure('categoria_consultar', { text: 'codigo', required: 'codigo' })
export const categoriaIncluir: Structure = structure('categoria_incluir', {
  text: 'categoria_superior descricao natureza tipo_categoria codigo_dre',
  required: 'categoria_superior descricao',
})
export const categoriaAlterar: Structure = structure('categoria_alterar', {
  text: 'codigo descricao natureza tipo_categoria codigo_dre',
  flag: 'conta_inativa',
  required: 'codigo',
})
export const departamentoLista: Structure = structure('departamento_listar_request', {
  text: 'ordenar_por',
  integer: paging,
  flag: listFlags,
})
export const departamentoChave: Structure = structure('departamento_consultar', { text: 'codigo', required: 'codigo' })
export const departamentoIncluir: Structure = structure('departamento_incluir_request', {
  text: 'codigo descricao',
  required: 'descricao',
})
export const departamentoAlterar: Structure = structure('departamento_alterar_request', {
  text: 'codigo descricao',
  required: 'codigo descricao',
})
export const contaCorrenteLista: Structure = structure('fin_conta_corrente_listar_request', {
  text: 'codigo_integracao ordenar_por',
  integer: `codigo ${paging}`,
  flag: `${listFlags} filtrar_apenas_ativo`,
})
export const contaCorrenteChave: Structure = structure('fin_conta_corrente_chave', {
  text: 'cCodCCInt',
  integer: 'nCodCC',
})

function titleKey(name: string): Structure {
  return structure(name, { text: 'codigo_lancamento_integracao', integer: 'codigo_lancamento_omie' })
}

function titleList(name: string): Structure {
  return structure(name, {
    text: 'ordenar_por filtrar_por_status filtrar_por_cpf_cnpj',
    integer: `${paging} filtrar_conta_corrente filtrar_cliente filtrar_por_projeto filtrar_por_vendedor`,
    date: 'filtrar_por_data_de filtrar_por_data_ate filtrar_por_emissao_de filtrar_por_emissao_ate filtrar_por_registro_de filtrar_por_registro_ate',
    flag: `${listFlags} filtrar_apenas_titulos_em_aberto exibir_obs`,
  })
}

function settlement(name: string): Structure {
  return structure(name, {
    text: 'codigo_lancamento_integracao codigo_baixa_integracao observacao nsu',
    integer: 'codigo_lancamento codigo_baixa codigo_conta_corrente',
    decimal: 'valor desconto juros multa',
    date: 'data',
    flag: 'conciliar_documento bloqueado',
    required: 'codigo_conta_corrente valor data',
  })
}

function settlementKey(name: string): Structure {
  return structure(name, { text: 'codigo_baixa_integracao', integer: 'codigo_baixa' })
}
