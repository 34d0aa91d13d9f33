/** Records of Padaria Aurora in `erps/bling/sandbox`. */
export const SEED = {
  customer: '1016001',
  vendor: '1016013',
  /** R$ 89,90, open. */
  payable: '1041001',
  receivable: '1051001',
  account: '1031001',
  income: '1021001',
  expense: '1021003',
} as const

/** Three calls a second have a test of their own; elsewhere the suite would wait for them. */
export const HASTY = ['erps/bling/erp.yaml', 'max: 3, perMs', 'max: 3000, perMs'] as const
