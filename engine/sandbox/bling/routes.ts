import * as accounts from './accounts.ts'
import * as borderos from './borderos.ts'
import * as categories from './categories.ts'
import { found, type Side } from './company.ts'
import * as contacts from './contacts.ts'
import { listed } from './list.ts'
import { type Call, created, noContent, type Route, record } from './route.ts'

/** Every route there is, as Bling's OpenAPI description has them; another path is a 404. */
export const routes: ReadonlyMap<string, Route> = new Map(
  [
    ...contactRoutes(),
    ...accountRoutes('pagar'),
    ...accountRoutes('receber'),
    route('GET /borderos/{id}', ({ company, id }) =>
      record(borderos.shownBordero(company, found(company.borderos, id))),
    ),
    route('DELETE /borderos/{id}', ({ company, id }) => {
      borderos.removeBordero(company, id)
      return noContent()
    }),
    route('GET /categorias/receitas-despesas', ({ company, query }) => ({
      status: 200,
      body: listed(categories.categoryList(company, query), query),
    })),
    route('POST /categorias/receitas-despesas', ({ company, body }) =>
      created({ data: categories.insertCategory(company, body) }),
    ),
    route('GET /categorias/receitas-despesas/{id}', ({ company, id }) => record(categories.categoryOf(company, id))),
    route('GET /contas-contabeis', ({ company, query }) => ({
      status: 200,
      body: listed([...company.financialAccounts.values()], query),
    })),
    route('GET /contas-contabeis/{id}', ({ company, id }) => record(found(company.financialAccounts, id))),
  ].map((one) => [one.operation, one]),
)

function contactRoutes(): Route[] {
  return [
    route('GET /contatos', ({ company, query }) => ({
      status: 200,
      body: listed(contacts.contactList(company, query), query),
    })),
    route('POST /contatos', ({ company, body }) => created({ data: { id: contacts.insertContact(company, body) } })),
    route('GET /contatos/tipos', ({ company }) => record(company.contactTypes)),
    route('GET /contatos/{id}', ({ company, id }) => record(found(company.contacts, id))),
    route('PUT /contatos/{id}', ({ company, id, body }) => {
      contacts.replaceContact(company, id, body)
      return noContent()
    }),
    route('DELETE /contatos/{id}', ({ company, id }) => {
      contacts.removeContact(company, id)
      return noContent()
    }),
    route('PATCH /contatos/{id}/situacoes', ({ company, id, body }) => {
      contacts.changeState(company, id, body)
      return noContent()
    }),
  ]
}

function accountRoutes(side: Side): Route[] {
  const path = `/contas/${side}`
  return [
    route(`GET ${path}`, ({ company, query, now }) => ({
      status: 200,
      body: listed(accounts.accountList(company, side, query, now), query),
    })),
    route(`POST ${path}`, ({ company, body, now }) => {
      const id = accounts.insertAccount(company, side, body, now)
      // The one answers its id bare, the other below `data`: so the description has it, and so clients read it.
      return created(side === 'pagar' ? { id } : { data: { id } })
    }),
    route(`GET ${path}/{id}`, ({ company, id }) =>
      record(accounts.shownAccount(company, side, found(company.accounts[side], id))),
    ),
    route(`PUT ${path}/{id}`, ({ company, id, body, now }) => {
      accounts.replaceAccount(company, side, id, body, now)
      return side === 'pagar' ? { status: 200, body: { id } } : noContent()
    }),
    route(`DELETE ${path}/{id}`, ({ company, id }) => {
      accounts.removeAccount(company, side, id)
      return noContent()
    }),
    route(`POST ${path}/{id}/baixar`, ({ company, id, body }) => ({
      status: 200,
      body: { bordero: { id: borderos.settle(company, side, id, body) } },
    })),
  ]
}

function route(operation: string, run: (call: Call) => ReturnType<Route['run']>): Route {
  return { operation, run }
}
