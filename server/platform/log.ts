import pino, { type DestinationStream, type Logger } from 'pino'

/** A phone number as it may stand in a log: country and area, and the last two digits. */
export function maskNumber(number: string): string {
  return number.length < 8 ? '•••' : `${number.slice(0, 5)}•••${number.slice(-2)}`
}

/** JSON lines, to standard output and buffered when nothing else is said: numbers, bodies and credentials never enter them. */
export function createLog(level: string, destination?: DestinationStream): Logger {
  return pino(
    {
      level,
      redact: {
        paths: [
          'authorization',
          'password',
          'token',
          '*.authorization',
          '*.password',
          '*.token',
          'req.headers'
        ],
        censor: '•••'
      }
    },
    destination ?? pino.destination({ sync: false, minLength: 4_096 })
  )
}
