import { createServer, type AddressInfo } from 'node:net'

import { splitMessages } from '../http-message.ts'
import { serveQuestions } from '../target-process.ts'

// An application that takes every callback and does nothing with it, at as little cost as can be: it shares a
// core with the load tool.
const answer = Buffer.from('HTTP/1.1 204 No Content\r\n\r\n')
let received = 0
const server = createServer({ noDelay: true }, socket => {
  socket.on(
    'data',
    splitMessages(() => {
      received++
      socket.write(answer)
    })
  )
  socket.on('error', () => socket.destroy())
})
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  serveQuestions(`http://127.0.0.1:${port}`, { received: () => received })
})
