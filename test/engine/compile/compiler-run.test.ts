import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { runCompiler } from '../../../engine/compile/compiler/run.ts'

const node = process.execPath
const cwd = tmpdir()

test('gives the exit code and both outputs, whatever the code', async () => {
  const program = `process.stdout.write('olá'); process.stderr.write('erro'); process.exitCode = 2`
  expect(await runCompiler(node, ['-e', program], { cwd })).toEqual({ code: 2, stdout: 'olá', stderr: 'erro' })
})

test('hands over standard input, and arguments without a shell', async () => {
  const program = `process.stdin.pipe(process.stdout); console.log(process.argv.slice(1).join('|'))`
  const result = await runCompiler(node, ['-e', program, '--', '$HOME', 'a b;'], { cwd, stdin: '{"ação":1}' })
  expect(result).toEqual({ code: 0, stdout: '$HOME|a b;\n{"ação":1}', stderr: '' })
})

test('a program that does not read its input is not an error', async () => {
  expect(await runCompiler(node, ['-e', ''], { cwd, stdin: 'x'.repeat(1_000_000) })).toMatchObject({ code: 0 })
})

test('a program that does not end is killed', async () => {
  const hangs = `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)`
  await expect(runCompiler(node, ['-e', hangs], { cwd, timeoutMs: 300 })).rejects.toMatchObject({
    code: 'COMPILER_TIMED_OUT',
    message: `\`${node} -e\` did not end within 300 ms`,
  })
})

test('a program that is not there is named', async () => {
  await expect(runCompiler('/no/such/opa', ['version'], { cwd })).rejects.toMatchObject({
    code: 'COMPILER_NOT_STARTED',
    message: '`/no/such/opa` cannot be started: spawn /no/such/opa ENOENT',
  })
})

test('a program that dies of a signal has no exit code and is an error', async () => {
  await expect(runCompiler(node, ['-e', `process.kill(process.pid, 'SIGKILL')`], { cwd })).rejects.toMatchObject({
    code: 'COMPILER_KILLED',
    message: `\`${node}\` was ended by SIGKILL`,
  })
})
