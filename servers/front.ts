import { frontListener } from './wiring/front.ts'

// The address that clients know, which stays while the server behind it is exchanged:
// `node servers/front.js HOST:PORT TARGET_HOST:PORT CONTROL_SOCKET`.

const EXIT_USAGE = 2
const [listen = '', target = '', control = ''] = process.argv.slice(2)
const [from, to] = [listen, target].map((text) => (URL.canParse(`http://${text}`) ? new URL(`http://${text}`) : null))

if (!from || !to || control === '') {
  process.stderr.write('usage: node servers/front.js HOST:PORT TARGET_HOST:PORT CONTROL_SOCKET\n')
  process.exit(EXIT_USAGE)
}
const front = await frontListener({ listen: from, target: to, control })
process.stdout.write(`${JSON.stringify({ event: 'front.ready', listen, target })}\n`)
const stop = (): void => {
  front.stop().then(
    () => process.exit(0),
    () => process.exit(1),
  )
}
process.on('SIGTERM', stop)
process.on('SIGINT', stop)
