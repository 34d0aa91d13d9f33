import { readFile } from 'node:fs/promises'
import { AUTH_TYPES, type AuthType, declaredAddress, declaredTypes } from '../operate/new-erp/auth.ts'
import { type Description, DescriptionError, readDescription } from '../operate/new-erp/openapi/document.ts'
import { faultOfName, faultOfOwner, faultOfUrl, type NewErp, titleOf } from '../operate/new-erp/request.ts'
import { openQuestions, type Questions } from './new-erp-questions.ts'
import { UsageError } from './usage-error.ts'

/** What was said on the command line. */
export interface Given {
  name?: string
  apiUrl?: string
  authType?: AuthType
  fromOpenapi?: string
  title?: string
  owner?: string
}

/**
 * What the ERP is made from: what was given, then what the description says; what is still missing is asked for where
 * `asking`.
 * @throws UsageError with all that is missing, or with what is wrong
 */
export async function newErpInput(given: Given, asking: boolean): Promise<NewErp> {
  const description = given.fromOpenapi === undefined ? null : await readFrom(given.fromOpenapi)
  const known = withDeclared(given, description)
  const missing = missingIn(known)
  if (missing.length > 0 && !asking) {
    throw new UsageError(`expected ${missing.join(', ')}; run it in a terminal to be asked`)
  }
  const { asked, description: read } =
    missing.length > 0 ? await askFor(known, description) : { asked: known, description }
  return checked(asked, read)
}

function withDeclared(given: Given, description: Description | null): Given {
  if (description === null) return given
  const apiUrl = given.apiUrl ?? declaredAddress(description) ?? undefined
  const authType = given.authType ?? declaredTypes(description)[0]
  return { ...given, ...(apiUrl === undefined ? {} : { apiUrl }), ...(authType === undefined ? {} : { authType }) }
}

function missingIn({ name, apiUrl, authType }: Given): string[] {
  return [
    ...(name === undefined ? ['a name'] : []),
    ...(apiUrl === undefined ? ['--api-url URL'] : []),
    ...(authType === undefined ? [`--auth-type ${AUTH_TYPES.join('|')}`] : []),
  ]
}

function checked(
  { name = '', apiUrl = '', authType = 'header', title, owner }: Given,
  description: Description | null,
): NewErp {
  const fault = faultOfName(name) ?? faultOfUrl(apiUrl) ?? (owner === undefined ? null : faultOfOwner(owner))
  if (fault !== null) throw new UsageError(fault)
  const shown = title?.replace(/\s+/g, ' ').trim() || titleOf(name)
  return { name, title: shown, apiUrl: apiUrl.replace(/\/+$/, ''), authType, description, owner: owner ?? null }
}

async function askFor(
  known: Given,
  description: Description | null,
): Promise<{ asked: Given; description: Description | null }> {
  const questions = openQuestions()
  try {
    const name = known.name ?? (await questions.ask({ question: 'Name of its folders', fault: faultOfName }))
    const title =
      known.title ??
      (await questions.ask({ question: 'What people call it', otherwise: titleOf(name), fault: () => null }))
    const read = description ?? (await askForDescription(questions))
    const from = withDeclared(known, read)
    const apiUrl =
      known.apiUrl ??
      (await questions.ask({ question: 'Address of its API', otherwise: from.apiUrl, fault: faultOfUrl }))
    const authType = known.authType ?? (await askForType(questions, from.authType))
    const owner =
      known.owner ?? (await questions.ask({ question: 'E-mail of who answers for it (or nothing)', fault: ownerFault }))
    return { asked: { name, title, apiUrl, authType, ...(owner === '' ? {} : { owner }) }, description: read }
  } finally {
    questions.close()
  }
}

const ownerFault = (text: string): string | null => (text === '' ? null : faultOfOwner(text))

async function askForDescription(questions: Questions): Promise<Description | null> {
  for (;;) {
    const file = await questions.ask({ question: 'Its OpenAPI description, a file (or nothing)', fault: () => null })
    if (file === '') return null
    try {
      return await readFrom(file)
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      process.stderr.write(`  ${error.message}\n`)
    }
  }
}

async function askForType(questions: Questions, otherwise: AuthType | undefined): Promise<AuthType> {
  const isType = (text: string): text is AuthType => AUTH_TYPES.some((type) => type === text)
  const expected = `expected one of ${AUTH_TYPES.join(', ')}`
  const question = `How it knows who calls (${AUTH_TYPES.join(', ')})`
  const answer = await questions.ask({ question, otherwise, fault: (text) => (isType(text) ? null : expected) })
  return isType(answer) ? answer : 'header'
}

async function readFrom(file: string): Promise<Description> {
  try {
    return readDescription(await readFile(file, 'utf8'))
  } catch (error) {
    if (error instanceof DescriptionError)
      throw new UsageError(`\`${file}\` is no description that can be read: ${error.message}`)
    throw new UsageError(`\`${file}\` cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}
