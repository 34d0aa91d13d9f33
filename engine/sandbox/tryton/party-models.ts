import { char, computed, flag, type Model, needed, people, to } from './model.ts'

/** Parties, companies, accounts of people; labels are those of the ERP's error messages. */
export const partyModels: Readonly<Record<string, Model>> = {
  'party.party': {
    label: 'Party',
    order: [['name', 'ASC']],
    fields: {
      name: char('Name'),
      code: needed('Code'),
      active: flag('Active'),
      categories: { kind: 'set', label: 'Categories', target: 'party.category' },
      identifiers: { kind: 'set', label: 'Identifiers', target: 'party.identifier', inverse: 'party' },
      contact_mechanisms: {
        kind: 'set',
        label: 'Contact Mechanisms',
        target: 'party.contact_mechanism',
        inverse: 'party',
      },
      email: computed('E-Mail'),
      phone: computed('Phone'),
      mobile: computed('Mobile'),
      ...people,
    },
  },
  'party.identifier': {
    label: 'Party Identifier',
    order: [['id', 'ASC']],
    fields: {
      party: { kind: 'reference', label: 'Party', target: 'party.party', required: true },
      type: { kind: 'selection', label: 'Type', options: [null, 'br_cnpj', 'br_cpf'] },
      code: needed('Code'),
      ...people,
    },
  },
  'party.contact_mechanism': {
    label: 'Contact Mechanism',
    order: [['id', 'ASC']],
    fields: {
      party: { kind: 'reference', label: 'Party', target: 'party.party', required: true },
      type: {
        kind: 'selection',
        label: 'Type',
        required: true,
        options: ['phone', 'mobile', 'email', 'website', 'other'],
      },
      value: char('Value'),
      ...people,
    },
  },
  'party.category': {
    label: 'Category',
    order: [['name', 'ASC']],
    access: { '*': 'r', 'Party Administration': 'rwcd' },
    fields: { name: needed('Name') },
  },
  'company.company': {
    label: 'Company',
    order: [['id', 'ASC']],
    access: { '*': 'r', 'Company Administration': 'rwcd' },
    fields: { party: to('Party', 'party.party'), currency: to('Currency', 'currency.currency') },
  },
  'currency.currency': {
    label: 'Currency',
    order: [['code', 'ASC']],
    access: { '*': 'r', 'Currency Administration': 'rwcd' },
    fields: {
      name: needed('Name'),
      code: needed('Code'),
      symbol: char('Symbol'),
      digits: { kind: 'integer', label: 'Digits' },
    },
  },
  'res.user': {
    label: 'User',
    order: [['name', 'ASC']],
    access: { '*': 'r', Administration: 'rwcd' },
    fields: { name: char('Name'), login: needed('Login'), company: to('Current Company', 'company.company') },
  },
}
