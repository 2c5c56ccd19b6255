import type { Socket } from 'node:net'

import { CallbackFailed } from './callback-failures.ts'
import { AnswerReader, type HttpAnswer } from './http-answer.ts'

/*
 * A kept-alive connection of HTTP/1.1 that carries one exchange at a time. Providers send two or three callbacks
 * for every message, so that what one exchange costs decides how many messages a second the simulator takes: the
 * request is one string and one write, and the limit on reading is one timer for the life of the connection.
 */

export interface ExchangeLimits {
  readTimeoutMs: number
  /** By `performance.now()`: when the time for all attempts together is over. */
  endsAt: number
  maxBodyBytes: number
}

/** Somewhat less than what common servers grant. */
const longestIdleMs = 4000
/** Limits are kept to this, so that the usual ones are always the same and need no new timer. */
const stepMs = 20

interface Exchange extends ExchangeLimits {
  reader: AnswerReader
  resolve: (answer: HttpAnswer) => void
  reject: (error: Error) => void
}

export class HttpConnection {
  readonly #socket: Socket
  /** Where it waits for its next exchange. */
  readonly #idle: HttpConnection[]
  #exchange: Exchange | undefined
  #limit: NodeJS.Timeout | undefined
  #limitMs = 0
  #idleSince = 0
  #isClosed = false

  constructor(socket: Socket, idle: HttpConnection[]) {
    this.#socket = socket
    this.#idle = idle
    socket.on('data', (chunk: Buffer) => this.#read(chunk))
    socket.on('error', error => this.#close(error))
    socket.on('end', () => this.#finishReading())
    socket.on('close', () => this.#close(new CallbackFailed('connect')))
  }

  /** Whether another exchange may be tried: an idle connection may be closed by the other side at any time. */
  get isUsable(): boolean {
    return !this.#isClosed && performance.now() - this.#idleSince < longestIdleMs
  }

  /** Sends a request, as its head up to the empty line and its body, and gives the answer to it. */
  exchange(head: string, body: string, limits: ExchangeLimits): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      const { readTimeoutMs, endsAt, maxBodyBytes } = limits
      const reader = new AnswerReader(maxBodyBytes)
      this.#exchange = { readTimeoutMs, endsAt, maxBodyBytes, reader, resolve, reject }
      this.#socket.ref()
      this.#startLimit(this.#exchange)
      this.#write(head, body)
    })
  }

  destroy(): void {
    this.#close(new CallbackFailed('connect'))
  }

  #write(head: string, body: string): void {
    const length = Buffer.byteLength(body)
    const framed =
      length === 0 ? `${head}content-length: 0\r\n\r\n` : `${head}content-length: ${length}\r\n\r\n`
    if (length === body.length) {
      this.#socket.write(framed + body, 'latin1')
      return
    }
    this.#socket.cork()
    this.#socket.write(framed, 'latin1')
    this.#socket.write(body, 'utf8')
    this.#socket.uncork()
  }

  #read(chunk: Buffer): void {
    const exchange = this.#exchange
    if (exchange === undefined) {
      this.destroy()
      return
    }
    try {
      const answer = exchange.reader.read(chunk)
      if (answer === undefined) this.#startLimit(exchange)
      else this.#finish(exchange, answer)
    } catch (error) {
      this.#close(error instanceof Error ? error : new CallbackFailed('protocol'))
    }
  }

  #finish(exchange: Exchange, answer: HttpAnswer): void {
    this.#exchange = undefined
    if (answer.isKeptAlive) {
      this.#idleSince = performance.now()
      this.#socket.unref()
      this.#idle.push(this)
    } else {
      this.destroy()
    }
    exchange.resolve(answer)
  }

  #finishReading(): void {
    const answer = this.#exchange?.reader.end()
    if (this.#exchange !== undefined && answer !== undefined) this.#finish(this.#exchange, answer)
    else this.destroy()
  }

  /** The timer of an exchange before is taken on when it is as long, which it usually is. */
  #startLimit({ readTimeoutMs, endsAt }: Exchange): void {
    const leftMs = Math.min(readTimeoutMs, endsAt - performance.now())
    const limitMs = Math.max(1, Math.ceil(leftMs / stepMs) * stepMs)
    if (this.#limit !== undefined && this.#limitMs === limitMs) {
      this.#limit.refresh()
      return
    }
    clearTimeout(this.#limit)
    this.#limitMs = limitMs
    // The socket keeps the process alive as long as there is something to wait for.
    this.#limit = setTimeout(() => this.#runOut(), limitMs).unref()
  }

  #runOut(): void {
    this.#limit = undefined
    const isOver = this.#exchange !== undefined && this.#exchange.endsAt <= performance.now() + 1
    this.#close(new CallbackFailed(isOver ? 'total_timeout' : 'timeout'))
  }

  #close(error: Error): void {
    if (this.#isClosed) return
    this.#isClosed = true
    clearTimeout(this.#limit)
    this.#socket.destroy()
    this.#exchange?.reject(error)
    this.#exchange = undefined
  }
}
