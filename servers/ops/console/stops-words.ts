import type { Language } from '../approval-dictionary.ts'
import type { StopNames } from '../overlay-notice.ts'
import type { StopKind } from '../stops-desk.ts'

interface StopWords extends Readonly<Record<Name, string>> {
  kinds: Readonly<Record<StopKind, string>>
  /** Before each name of what is stopped. */
  names: StopNames
}

type Name =
  | 'stops'
  | 'inForce'
  | 'none'
  | 'make'
  | 'what'
  | 'name'
  | 'hours'
  | 'reason'
  | 'stop'
  | 'until'
  | 'by'
  | 'only'
  | 'end'
  | 'endAgain'
  | 'asked'
  | 'ended'
  | 'twice'
  | 'gone'
  | 'elsewhere'
  | 'made'
  | 'wrong'
  | 'notYou'

const PT: StopWords = {
  stops: 'Paradas',
  inForce: 'Em vigor',
  none: 'Nada está parado.',
  make: 'Parar agora',
  what: 'O que parar',
  name: 'Nome (para "tudo", deixe vazio)',
  hours: 'Por quantas horas (no máximo 168)',
  reason: 'Motivo (quem for recusado o recebe)',
  stop: 'Parar',
  until: 'até',
  by: 'por',
  only: 'só para',
  end: 'Encerrar antes do prazo',
  endAgain: 'Pedido por {person}. Falta outra pessoa.',
  asked: 'Anotado. Encerra quando outra pessoa também pedir.',
  ended: 'Encerrada.',
  twice: 'Você já pediu. Falta outra pessoa.',
  gone: 'Esta parada não existe mais.',
  elsewhere: 'Esta parada vale para mais empresas do que as suas.',
  made: 'Parado.',
  wrong: 'Confira o nome, as horas e o motivo (3 a 500 caracteres).',
  notYou: 'Só quem tem o papel de administrador, para alguma empresa deste servidor, pode parar.',
  kinds: {
    caller: 'agente ou programa',
    person: 'pessoa, com todos os seus agentes e o que aprovou',
    tool: 'ferramenta',
    role: 'papel',
    effect: 'efeito (read, create, update, delete, settle, fiscal)',
    company: 'empresa (CNPJ)',
    all: 'tudo',
  },
  names: {
    callers: 'agente',
    persons: 'pessoa',
    tools: 'ferramenta',
    roles: 'papel',
    effects: 'efeito',
    companies: 'empresa',
    all: 'tudo',
  },
}

const EN: StopWords = {
  stops: 'Stops',
  inForce: 'In force',
  none: 'Nothing is stopped.',
  make: 'Stop now',
  what: 'What to stop',
  name: 'Name (leave it empty for "everything")',
  hours: 'For how many hours (168 at most)',
  reason: 'Reason (whoever is refused is told)',
  stop: 'Stop',
  until: 'until',
  by: 'by',
  only: 'only for',
  end: 'End before its time',
  endAgain: 'Asked for by {person}. One more person is needed.',
  asked: 'Noted. It ends when another person asks for it too.',
  ended: 'Ended.',
  twice: 'You have asked already. Another person is needed.',
  gone: 'This stop does not exist any more.',
  elsewhere: 'This stop holds for more companies than yours.',
  made: 'Stopped.',
  wrong: 'Check the name, the hours and the reason (3 to 500 characters).',
  notYou: 'Only a person with the role of administrator, for a company of this server, may stop something.',
  kinds: {
    caller: 'agent or program',
    person: 'person, with all their agents and what they approved',
    tool: 'tool',
    role: 'role',
    effect: 'effect (read, create, update, delete, settle, fiscal)',
    company: 'company (CNPJ)',
    all: 'everything',
  },
  names: {
    callers: 'agent',
    persons: 'person',
    tools: 'tool',
    roles: 'role',
    effects: 'effect',
    companies: 'company',
    all: 'everything',
  },
}

export const STOP_WORDS: Readonly<Record<Language, StopWords>> = { pt: PT, en: EN }
