import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/**
 * A port of the loopback address that is free now, below those that the system itself gives to sockets:
 * another connection would otherwise get it before its server does.
 */
export function freePort(): Promise<number> {
  return new Promise(resolve => {
    const port = randomInt(16_000, 32_000)
    const server = createServer()
    server.on('error', () => resolve(freePort()))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(port)))
  })
}
