import fc from 'fast-check'

/** What stands in an ERP's texts and is nobody's: as written. */
export const LOOK_ALIKES: readonly string[] = [
  'Pedido 20261123001',
  'pedido nº 00012345678',
  'Ordem de compra 4500123456',
  'OC 4500123456 item 00010',
  'NF 4512',
  'NF-e 000.004.512 série 001',
  'NFS-e 2026/000123',
  'Protocolo de autorização 135260001234567',
  'NSU 000123456789',
  'Nosso número 109/00000123-4',
  'Lote 2026112300017',
  'Parcela 003/012',
  '23/11/2026 a 30/11/2026',
  '2026-11-23T10:15:00-03:00',
  '2026-11-23 10:15:00',
  '20261123101500',
  '23.11.2026 10h15',
  'Competência 11/2026',
  'R$ 1.234.567,89',
  'R$ 123.456.789,01',
  'valor 12345678.90',
  '1.234,56 + 2.345,67 = 3.580,23',
  'US$ 12,345,678.90',
  '12,5% de 1.000.000,00',
  'SKU ABC-12345-XY',
  'SKU 98765-4321-BR',
  'Código do produto PRD0001234567',
  'EAN 7891000315507',
  'GTIN 17891000315504',
  'NCM 8471.30.12',
  'CEST 21.030.00',
  'CFOP 5.102',
  'CNAE 47.11-3-02',
  'CEP 01310-100',
  'CEP 01310100',
  'conta contábil 3.1.01.002.0001',
  'conta 4521 do plano de contas',
  'contas a pagar 123456',
  'cc 120 centro de custo',
  'centro de custo 1.02.003',
  'Processo 0001234-56.2026.8.26.0100',
  'placa ABC1D23',
  'Rastreio AA123456789BR',
  'Contrato CT-2026-000123',
  'contrato 12/2026 cláusula 11.2.3',
  'versão 12.34.567.8',
  '192.168.001.12',
  'host 10.0.0.1:8080',
  'entrada omie-000000123',
  'omie-a-000000123',
  'id 550e8400-e29b-41d4-a716-446655440000',
  'registro f47ac10b-58cc-4372-a567-0e02b2c3d479',
  'commit 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b',
  'sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  'Omie 7250193344',
  'codigo_lancamento_omie 7250193344',
  'codigo_cliente_omie 2485001',
  '0800 123 4567',
  '4004-1234',
  'ramal 4512',
  'aprox. 10 un @ 3,50',
  '10un@3.50',
  'seguir @padariaaurora',
  'ver https://www.omie.com.br',
  'https://ajuda.omie.com.br/pt-BR/articles/498',
  'https://www.nibo.com.br/precos',
  'www.gov.br/receitafederal',
  'Medidas 100x200x300 mm',
  'latitude -23.550520 longitude -46.633308',
  'Bateria 12V 7Ah, lote 12 3456 7890',
  'turno 08:00-17:48',
  '1ª via de 2; 3 de 10',
  'Artigo 5º, inciso XXXVI',
  'IN RFB 2.229/2024',
  'Lei 13.709/2018',
  'ICMS 18% sobre 1.000,00 = 180,00',
  'Agendado para 10/12/2026 às 14:30',
  'Agosto 2026: 1234 unidades',
  'PIX recebido em 23/11/2026 no valor de R$ 150,00',
  'pago via pix, comprovante 4512',
  'boleto vence 10/12/2026',
  'transferência de R$ 5.000,00 em 23/11/2026',
  'banco fechado em 16/02/2027 e 17/02/2027',
  'tel. no cadastro',
  'e-mail no cadastro',
  'Aluguel sala 1102, bloco 3',
  'Rua das Flores, 123, apto 45',
  'quilometragem 123456 789',
  'medidor 12345678 leitura 00123456',
  'ticket #12345678',
  'REQ0012345678',
  'INC-2026-11-00012',
  '***',
  '***.456.789-**',
  'a***@exemplo.com.br',
  '*** URGENTE ***',
]

const digits = (length: number): fc.Arbitrary<string> =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length }).map((list) => list.join(''))
const two = (min: number, max: number): fc.Arbitrary<string> =>
  fc.integer({ min, max }).map((value) => String(value).padStart(2, '0'))

/** Families of numbers, each with the share of them that may be taken for personal values, and why. */
export const FAMILIES: readonly { what: string; of: fc.Arbitrary<string>; most: number }[] = [
  ...[6, 7, 8, 9, 10, 12, 13, 15, 16, 20].map((length) => ({
    what: `numbers of ${length} digits`,
    of: digits(length).map((number) => `Pedido ${number} faturado`),
    // A mobile number with 55 before it: 1 in 100 begins so, 2 in 3 go on with an area code, 1 in 10 with a nine.
    most: length === 13 ? 0.002 : 0,
  })),
  // Any eleven digits are a CPF by 1 in 100, and a mobile number by 2 in 3 (area code) times 1 in 10 (nine).
  { what: 'numbers of 11 digits', of: digits(11).map((number) => `Pedido ${number}`), most: 0.085 },
  {
    what: 'numbers of 11 digits by date',
    of: fc.tuple(two(1, 12), two(1, 28), digits(3)).map(([month, day, count]) => `Pedido 2026${month}${day}${count}`),
    most: 0.013,
  },
  { what: 'numbers of 11 digits from nought', of: digits(8).map((number) => `Pedido 000${number}`), most: 0.013 },
  // Any fourteen digits are a CNPJ by 1 in 100.
  { what: 'numbers of 14 digits', of: digits(14).map((number) => `Pedido ${number}`), most: 0.013 },
  {
    what: 'instants',
    of: fc.tuple(two(1, 12), two(1, 28), two(0, 23), two(0, 59), two(0, 59)).map((parts) => `2026${parts.join('')}`),
    most: 0,
  },
  {
    what: 'ISO dates and times',
    of: fc.tuple(two(1, 12), two(1, 28), two(0, 23), two(0, 59)).map(([m, d, h, n]) => `2026-${m}-${d} ${h}:${n}:00`),
    most: 0,
  },
  {
    what: 'dates one behind the other',
    of: fc.tuple(two(1, 28), two(1, 12)).map(([d, m]) => `${d}/${m}/2026 - ${m}/${m}/2026`),
    most: 0,
  },
  {
    what: 'amounts',
    of: fc
      .integer({ min: 1, max: 99_999_999_999 })
      .map((centavos) => (centavos / 100).toLocaleString('pt-BR', { style: 'currency', currency: 'BRL' })),
    most: 0,
  },
  {
    what: 'two amounts',
    of: fc.tuple(digits(7), digits(6)).map(([a, b]) => `${Number(a) / 100} ${Number(b) / 100}`),
    most: 0,
  },
  { what: 'addresses of the internet', of: fc.oneof(fc.ipV4(), fc.ipV6()).map((ip) => `source ${ip}`), most: 0 },
  {
    what: 'addresses of the internet with noughts',
    of: fc
      .array(two(0, 255), { minLength: 4, maxLength: 4 })
      .map((parts) => parts.map((p) => p.padStart(3, '0')).join('.')),
    most: 0,
  },
  { what: 'UUIDs', of: fc.uuid(), most: 0 },
  {
    what: 'digests',
    of: fc.array(fc.constantFrom(...'0123456789abcdef'), { minLength: 64, maxLength: 64 }).map((list) => list.join('')),
    most: 0,
  },
  {
    what: 'entries',
    of: fc.integer({ min: 1, max: 999_999_999 }).map((seq) => `omie-${String(seq).padStart(9, '0')}`),
    most: 0,
  },
  {
    what: 'product codes',
    of: fc
      .tuple(fc.array(fc.constantFrom(...'ABCDEFGHIJ'), { minLength: 3, maxLength: 3 }), digits(5), digits(4))
      .map(([letters, a, b]) => `${letters.join('')}-${a}-${b}`),
    most: 0,
  },
  // An alphanumeric CNPJ by 1 in 100.
  {
    what: 'product codes of 14 characters',
    of: fc
      .tuple(fc.array(fc.constantFrom(...'ABCDEFGHIJ'), { minLength: 4, maxLength: 4 }), digits(10))
      .map(([letters, number]) => `${letters.join('')}${number}`),
    most: 0.013,
  },
  { what: 'bar codes of products', of: digits(10).map((number) => `EAN 789${number}`), most: 0 },
  { what: 'protocols of tax offices', of: digits(12).map((number) => `Protocolo 135${number}`), most: 0 },
]
