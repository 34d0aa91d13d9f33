/** Records of Padaria Aurora in `erps/nibo/sandbox`. */
export const SEED = {
  customer: '28cca423-7ed9-4e35-8a30-476abf0d0d7b',
  vendor: '23188204-dfdb-4a82-9689-79f9b6d302b9',
  /** R$ 89,90, open. */
  payable: '71910df4-ef6a-4cdd-bfcd-1901af47f542',
  account: 'c218f2f1-d604-40d6-8ae1-d18f9edf4838',
  income: '14864735-7b0c-476b-bb82-008bbf94b0a0',
  expense: '44128b3e-0994-445b-8bcd-7972a248fd7c',
  costCenter: 'bed91c33-b8f8-40a9-9573-776350be84d9',
} as const

/** Fourteen calls a second have tests of their own; elsewhere calls side by side would wait for them past their time. */
export const HASTY = ['erps/nibo/erp.yaml', 'max: 14, perMs', 'max: 14000, perMs'] as const
