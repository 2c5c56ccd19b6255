/*
 * What may go wrong between the provider and the application, in words that are the same on every machine
 * and in every run: the texts of the platform's errors are not.
 */

export type CallbackFailure =
  | 'refused'
  | 'connect_timeout'
  | 'connect'
  | 'timeout'
  | 'total_timeout'
  | 'dns'
  | 'tls'
  | 'tls_domain'
  | 'tls_expired'
  | 'tls_path'
  | 'protocol'
  | 'redirects'
  | 'too_large'

const words: Record<CallbackFailure, string> = {
  refused: 'the connection was refused',
  connect_timeout: 'no connection came about in time',
  connect: 'the connection broke off',
  timeout: 'no answer came in time',
  total_timeout: 'all the time there was for all attempts has passed',
  dns: 'the host is not known',
  tls: 'TLS could not be agreed on',
  tls_domain: 'the certificate is for another host',
  tls_expired: 'the certificate is not valid at this time',
  tls_path: 'the certificate leads to no authority that is trusted',
  protocol: 'the answer is no HTTP',
  redirects: 'too many redirects',
  too_large: 'the answer is too large'
}

/** Raised where the limit is ours. */
export class CallbackFailed extends Error {
  readonly failure: CallbackFailure

  constructor(failure: CallbackFailure) {
    super(words[failure])
    this.name = 'CallbackFailed'
    this.failure = failure
  }
}

export interface FailedAnswer {
  ok: false
  failure: CallbackFailure
  message: string
}

export function failedAnswer(failure: CallbackFailure): FailedAnswer {
  return { ok: false, failure, message: words[failure] }
}

const byCode = new Map<string, CallbackFailure>([
  ['ECONNREFUSED', 'refused'],
  ['ECONNRESET', 'connect'],
  ['EPIPE', 'connect'],
  ['EHOSTUNREACH', 'connect'],
  ['ENETUNREACH', 'connect'],
  ['EADDRNOTAVAIL', 'connect'],
  ['ETIMEDOUT', 'connect_timeout'],
  ['UND_ERR_CONNECT_TIMEOUT', 'connect_timeout'],
  ['UND_ERR_SOCKET', 'connect'],
  ['UND_ERR_HEADERS_TIMEOUT', 'timeout'],
  ['UND_ERR_BODY_TIMEOUT', 'timeout'],
  ['ENOTFOUND', 'dns'],
  ['EAI_AGAIN', 'dns'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls_domain'],
  ['CERT_HAS_EXPIRED', 'tls_expired'],
  ['CERT_NOT_YET_VALID', 'tls_expired'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls_path'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'tls_path'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls_path'],
  ['UNABLE_TO_GET_ISSUER_CERT', 'tls_path'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'tls_path'],
  ['EPROTO', 'tls']
])

export function failureOf(error: unknown): CallbackFailure {
  if (error instanceof CallbackFailed) return error.failure
  const code = codeOf(error)
  return byCode.get(code) ?? (code.startsWith('ERR_SSL_') ? 'tls' : 'protocol')
}

function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0])
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code
  return ''
}
