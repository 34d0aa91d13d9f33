import { type Row, textOf } from '../row.ts'
import type { Company } from './company.ts'
import { notFound, requiredTag } from './fault.ts'
import { pageOf } from './page.ts'

export function listCategories(company: Company, param: Row): Row {
  const rows = company.categories.filter((row) => {
    if (param['filtrar_apenas_ativo'] === 'S' && row['conta_inativa'] === 'S') return false
    const type = textOf(param['filtrar_por_tipo'])
    return type === '' || row[type === 'R' ? 'conta_receita' : 'conta_despesa'] === 'S'
  })
  return pageOf(param, 'categoria_cadastro', structuredClone(rows))
}

export function readCategory(company: Company, param: Row): Row {
  return structuredClone(byCode(company.categories, 'Categoria', param, 200))
}

/** The code of a new category is the next one within its group; Omie has no way to remove it, only to deactivate it. */
export function insertCategory(company: Company, param: Row): Row {
  const group = byCode(company.categories, 'Categoria', { codigo: param['categoria_superior'] })
  const siblings = company.categories.filter((row) => row['categoria_superior'] === group['codigo'])
  const codigo = `${textOf(group['codigo'])}.${String(siblings.length + 1).padStart(2, '0')}`
  company.categories.push({
    ...BLANK_CATEGORY,
    ...param,
    codigo,
    conta_despesa: group['conta_despesa'],
    conta_receita: group['conta_receita'],
  })
  return { codigo_status: '0', descricao_status: 'Categoria cadastrada com sucesso!', codigo }
}

export function changeCategory(company: Company, param: Row): Row {
  const row = byCode(company.categories, 'Categoria', param)
  Object.assign(row, param)
  return { codigo_status: '0', descricao_status: 'Categoria alterada com sucesso!', codigo: row['codigo'] }
}

export function listDepartments(company: Company, param: Row): Row {
  return pageOf(param, 'departamentos', structuredClone(company.departments))
}

export function readDepartment(company: Company, param: Row): Row {
  return structuredClone(byCode(company.departments, 'Departamento', param, 200))
}

/** `codigo` names the department under which the new one comes; the new code is Omie's. */
export function insertDepartment(company: Company, param: Row): Row {
  const codigo = String(company.nextCode())
  const estrutura = `001.${String(company.departments.length + 1).padStart(3, '0')}`
  company.departments.push({ codigo, descricao: param['descricao'], estrutura, inativo: 'N', nivel_totalizador: 'N' })
  return departmentStatus(codigo, param['descricao'], 'Departamento cadastrado com sucesso!')
}

export function changeDepartment(company: Company, param: Row): Row {
  const row = byCode(company.departments, 'Departamento', param)
  row['descricao'] = param['descricao']
  return departmentStatus(row['codigo'], row['descricao'], 'Departamento alterado com sucesso!')
}

export function removeDepartment(company: Company, param: Row): Row {
  const row = byCode(company.departments, 'Departamento', param)
  company.departments.splice(company.departments.indexOf(row), 1)
  return departmentStatus(row['codigo'], row['descricao'], 'Departamento excluído com sucesso!')
}

/** The list key is the name of the call itself. */
export function listAccounts(company: Company, param: Row): Row {
  return pageOf(param, 'ListarContasCorrentes', structuredClone(accountsAsked(company, param)))
}

export function listAccountsBriefly(company: Company, param: Row): Row {
  const rows = accountsAsked(company, param).map((row) => ({
    nCodCC: row['nCodCC'],
    cCodCCInt: row['cCodCCInt'],
    descricao: row['descricao'],
    codigo_banco: row['codigo_banco'],
    codigo_agencia: row['codigo_agencia'],
    conta_corrente: row['numero_conta_corrente'],
    tipo: row['tipo_conta_corrente'],
    saldo_inicial: row['saldo_inicial'],
    saldo_data: row['saldo_data'],
    valor_limite: row['valor_limite'],
  }))
  return pageOf(param, 'conta_corrente_lista', rows)
}

export function readAccount(company: Company, param: Row): Row {
  const code = param['nCodCC']
  const integration = textOf(param['cCodCCInt'])
  if (typeof code !== 'number' && integration === '') throw requiredTag('nCodCC')
  const row = company.accounts.find((one) =>
    typeof code === 'number' ? one['nCodCC'] === code : one['cCodCCInt'] === integration,
  )
  if (row === undefined) throw notFound('Conta Corrente', 'Código', textOf(code) || integration, 200)
  return structuredClone(row)
}

function accountsAsked(company: Company, param: Row): Row[] {
  return company.accounts.filter((row) => {
    if (param['filtrar_apenas_ativo'] === 'S' && row['inativo'] === 'S') return false
    return param['codigo'] === undefined || param['codigo'] === 0 || row['nCodCC'] === param['codigo']
  })
}

function byCode(rows: readonly Row[], what: string, param: Row, status = 500): Row {
  const found = rows.find((row) => row['codigo'] === param['codigo'])
  if (found === undefined) throw notFound(what, 'Código', textOf(param['codigo']), status)
  return found
}

function departmentStatus(codigo: unknown, descricao: unknown, text: string): Row {
  return { codigo, descricao, cCodStatus: '0', cDesStatus: text }
}

const BLANK_CATEGORY = {
  tipo_categoria: '',
  conta_inativa: 'N',
  definida_pelo_usuario: 'S',
  nao_exibir: 'N',
  natureza: '',
  totalizadora: 'N',
  transferencia: 'N',
  codigo_dre: '',
}
