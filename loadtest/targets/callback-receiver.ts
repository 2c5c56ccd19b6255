import { createServer } from 'node:http'
import { serveQuestions } from '../target-process.ts'

// An application that takes every callback and does nothing with it.
const server = createServer((request, response) => {
  request.resume()
  request.on('end', () => response.writeHead(204).end())
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  serveQuestions(`http://127.0.0.1:${port}`)
})
