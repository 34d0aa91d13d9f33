import type { Socket } from 'node:net'

/** The connections of a listener that are served, no more than so many. */
export interface Places {
  /** A connection was made: it gets a place if there is one. */
  arrived(socket: Socket): void
  /** A request came in on it. False: there is no place for it. */
  begun(socket: Socket): boolean
  /** Its request has been answered. */
  ended(socket: Socket): void
  /** Connections there are, those without a place included. */
  open(): number
}

/** How long a new connection may take to say something before it gives way, in milliseconds. */
const SILENT_MS = 1_000

/**
 * Who has a place keeps it while a request is under way. One that is kept open for later gives way to a new one: the
 * longest unused first, then those that never said anything.
 */
export function connectionPlaces(max: number, now: () => number = () => performance.now()): Places {
  const open = new Set<Socket>()
  const placed = new Set<Socket>()
  const running = new Map<Socket, number>()
  /** In the order in which they fell idle. */
  const idle = new Set<Socket>()
  const silent = new Map<Socket, number>()

  function mayPlace(socket: Socket): boolean {
    if (placed.has(socket)) return true
    if (placed.size >= max && !gaveWay()) return false
    placed.add(socket)
    return true
  }
  function gaveWay(): boolean {
    const socket = firstOf(idle) ?? quiet()
    if (socket === undefined) return false
    leave(socket)
    socket.destroy()
    return true
  }
  function quiet(): Socket | undefined {
    for (const [socket, since] of silent) {
      if (now() - since < SILENT_MS) return undefined
      if (socket.bytesRead === 0 && placed.has(socket)) return socket
    }
    return undefined
  }
  function leave(socket: Socket): void {
    for (const held of [open, placed, running, idle, silent]) held.delete(socket)
  }
  return {
    arrived(socket) {
      open.add(socket)
      silent.set(socket, now())
      socket.once('close', () => leave(socket))
      mayPlace(socket)
    },
    begun(socket) {
      silent.delete(socket)
      if (!mayPlace(socket)) return false
      idle.delete(socket)
      running.set(socket, (running.get(socket) ?? 0) + 1)
      return true
    },
    ended(socket) {
      if (!placed.has(socket)) return
      const left = (running.get(socket) ?? 1) - 1
      running.set(socket, left)
      if (left === 0) idle.add(socket)
    },
    open: () => open.size,
  }
}

function firstOf<Value>(values: Iterable<Value>): Value | undefined {
  for (const value of values) return value
  return undefined
}
