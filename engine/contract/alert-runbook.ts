import type { AlertName } from './config-alerts.ts'

/** What an alert is called, and what to do first when it is raised. */
export interface AlertEntry {
  pt: { title: string; first: string }
  en: { title: string; first: string }
}

/** The alert that says that no other can be judged, besides those of alerts.yaml. */
export const ALERTS_FAILED = 'alerts_failed'

/** And the one that only somebody else can tell: Prometheus, where it scrapes. */
export const SERVER_GONE = 'server_gone'

/** The runbook: policies/README.md shows the same lines. */
export const RUNBOOK: Readonly<Record<AlertName | typeof ALERTS_FAILED | typeof SERVER_GONE, AlertEntry>> = {
  response_time: {
    pt: {
      title: 'tempo de resposta',
      first: 'compare com o tempo do próprio ERP; procure chamadas que esperam pelo limite dele',
    },
    en: {
      title: 'response time',
      first: "compare with the ERP's own answer times; look for calls that wait for its rate limit",
    },
  },
  error_rate: {
    pt: {
      title: 'taxa de erro',
      first: 'veja que tipo de erro do ERP cresceu; com o ERP fora do ar o circuito se abre sozinho',
    },
    en: {
      title: 'error rate',
      first: 'see which error kind grew; an ERP that is down opens its circuit by itself',
    },
  },
  rate_limit: {
    pt: {
      title: 'limite de chamadas',
      first: 'encontre o agente que se repete; o Omie bloqueia uma chave por 30 minutos após dez erros',
    },
    en: {
      title: 'rate limit',
      first: 'find the agent that repeats itself; Omie blocks a key for 30 minutes after ten errors',
    },
  },
  authentication_failures: {
    pt: {
      title: 'falhas de autenticação',
      first: 'encontre a origem em security.log; emita outro token ou deixe o bloqueio valer',
    },
    en: {
      title: 'authentication failures',
      first: 'find the source in security.log; issue a new token or leave the lock in place',
    },
  },
  disk_space: {
    pt: { title: 'espaço em disco', first: 'libere espaço: as escritas no ERP param antes do registro' },
    en: { title: 'disk space', first: 'free space: writes to the ERP stop before the ledger does' },
  },
  policy_rejected: {
    pt: {
      title: 'política recusada',
      first: 'veja em /health qual verificação falhou e publique de novo; a política anterior segue valendo',
    },
    en: {
      title: 'policy refused',
      first: 'see in /health which check failed and publish again; the policy before it stays in force',
    },
  },
  policy_expiry: {
    pt: { title: 'política perto do fim', first: 'publique a política de novo: depois do fim tudo é negado' },
    en: { title: 'policy near its end', first: 'publish the policy again: past its end everything is denied' },
  },
  approval_not_executed: {
    pt: {
      title: 'aprovada e não executada',
      first: 'pergunte a quem responde pelo agente por que a chamada aprovada não foi repetida',
    },
    en: {
      title: 'approved and not executed',
      first: 'ask the person behind the agent why the approved call was not repeated',
    },
  },
  alerts_failed: {
    pt: { title: 'alertas sem avaliação', first: 'veja o registro do servidor; volte à política anterior' },
    en: { title: 'alerts not judged', first: "see the server's log; roll the policy back" },
  },
  server_gone: {
    pt: {
      title: 'servidor fora do ar',
      first: 'veja o processo e o registro dele; sem ele nenhum agente chega ao ERP',
    },
    en: { title: 'server gone', first: 'look at its process and log; without it no agent reaches the ERP' },
  },
}

/** The entry of whatever a policy raises; of a code of its own, the code. */
export function runbookOf(code: string): AlertEntry {
  const known = Object.entries(RUNBOOK).find(([name]) => name === code)?.[1]
  const own = { title: code, first: 'policies/README.md' }
  return known ?? { pt: own, en: own }
}
