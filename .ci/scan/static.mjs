// Static analysis of what runs in production: ESLint's rules for injected code, shells, patterns that hang and hidden characters.
import { globSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { relative } from 'node:path'
import { ESLint } from 'eslint'
import regexp from 'eslint-plugin-regexp'
import security from 'eslint-plugin-security'
import { parse } from 'espree'

/** What the plugin only suspects everywhere (a key or a path that is a variable) is held by types, by guards at the edges and by tests. */
const SUSPICIONS = [
  'detect-object-injection',
  'detect-non-literal-fs-filename',
  'detect-unsafe-regex',
  'detect-possible-timing-attacks',
]
/** Of two values, one of them a secret by its name, neither a constant: how long it takes tells how far they agree. */
const SECRET = '/(token|secret|password|passphrase|mac|signature)$/i'
const COMPARED = ([one, other]) =>
  `BinaryExpression[operator=/^[!=]==?$/][${one}.name=${SECRET}][${other}.type!="Literal"][${other}.name!="undefined"]`

const named = (names) => Object.fromEntries(names.map((name) => [name, 'error']))
const RULES = {
  ...named(
    Object.keys(security.rules)
      .filter((name) => !SUSPICIONS.includes(name))
      .map((name) => `security/${name}`),
  ),
  // Looks for the time a pattern really takes, where the plugin's own rule counts its stars.
  'regexp/no-super-linear-backtracking': ['error', { report: 'certain' }],
  'no-restricted-syntax': [
    'error',
    ...[
      ['left', 'right'],
      ['right', 'left'],
    ].map((sides) => ({ selector: COMPARED(sides), message: 'expected timingSafeEqual of node:crypto for a secret' })),
  ],
  ...named(['no-eval', 'no-implied-eval', 'no-new-func', 'no-script-url', 'no-extend-native']),
}

/** The types of TypeScript are blanked out, so that every line and column stays what it is. */
const parser = {
  parse: (text, options) =>
    parse(stripTypeScriptTypes(text), {
      ...options,
      ecmaVersion: 'latest',
      sourceType: 'module',
      loc: true,
      range: true,
    }),
}

export async function staticAnalysis(root) {
  const eslint = new ESLint({
    cwd: root,
    overrideConfigFile: true,
    overrideConfig: [
      {
        files: ['**/*.ts', '**/*.mjs', '**/*.js'],
        languageOptions: { parser, ecmaVersion: 'latest', sourceType: 'module' },
        plugins: { security, regexp },
        rules: RULES,
      },
    ],
  })
  const files = globSync('{engine,servers,.ci}/**/*.{ts,mjs,js}', { cwd: root })
  const results = files.length === 0 ? [] : await eslint.lintFiles(files)
  const findings = results.flatMap(({ filePath, messages }) =>
    messages.map(({ ruleId, message, line, column, fatal }) => ({
      code: fatal
        ? 'UNREADABLE'
        : `STATIC_${(ruleId ?? 'unknown').replace(/^.*\//, '').replaceAll('-', '_').toUpperCase()}`,
      ...{ severity: 'error', file: relative(root, filePath).replaceAll('\\', '/'), line, column, message },
      help: 'write it without; where it is meant, disable the rule on that line and say why',
    })),
  )
  return { tool: 'eslint, eslint-plugin-security', files: files.length, findings }
}
