import type { Language } from '../approval-dictionary.ts'

interface AlertWords {
  alerts: string
  none: string
  past: string
  nonePast: string
  alert: string
  severity: string
  measured: string
  since: string
  raised: string
  resolved: string
  runbook: string
  severities: { warning: string; critical: string }
}

export const ALERT_WORDS: Readonly<Record<Language, AlertWords>> = {
  pt: {
    alerts: 'Alertas',
    none: 'Nenhum alerta agora.',
    past: 'Resolvidos',
    nonePast: 'Nenhum.',
    alert: 'Alerta',
    severity: 'Gravidade',
    measured: 'Medido',
    since: 'Desde',
    raised: 'Avisado',
    resolved: 'Resolvido',
    runbook: 'O que fazer primeiro',
    severities: { warning: 'aviso', critical: 'crítico' },
  },
  en: {
    alerts: 'Alerts',
    none: 'No alert now.',
    past: 'Resolved',
    nonePast: 'None.',
    alert: 'Alert',
    severity: 'Severity',
    measured: 'Measured',
    since: 'Since',
    raised: 'Raised',
    resolved: 'Resolved',
    runbook: 'What to do first',
    severities: { warning: 'warning', critical: 'critical' },
  },
}
