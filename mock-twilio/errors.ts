/*
 * Twilio's refusals: the number is the contract, the wording changes over time and may be matched by nobody.
 * https://www.twilio.com/docs/api/errors, https://www.twilio.com/docs/usage/twilios-response
 * The HTTP status of a 2xxxx code is 400 unless noted.
 */

export interface ErrorBody {
  code: number
  message: string
  more_info: string
  status: number
}

/** Told at once, as the answer to a request: the HTTP status and the words. */
export const catalogue = {
  16020: [400, 'Conference {0} is full: it has {1} participants'],
  16021: [400, 'The account may have {0} participants in conferences, and has them'],
  16022: [400, 'Conference {0} does not exist or is completed'],
  16024: [
    400,
    "A participant label has at most 128 characters, is no call sid and has no '/', got {0}"
  ],
  16026: [400, 'The participant label {0} is in use by another participant'],
  16027: [400, 'The participant {0} who is to be coached is on hold'],
  16028: [400, 'The participant {0} who is to be coached is not in the conference'],
  16108: [400, 'Call {0} is being recorded already'],
  16113: [400, 'The recording {0} is mono, and has no two channels'],
  20001: [400, 'Invalid parameter: {0}'],
  20002: [400, 'Invalid FriendlyName'],
  20003: [401, 'Authenticate'],
  20004: [405, 'Method not allowed'],
  20005: [401, 'Account {0} is not active'],
  20006: [403, 'Access denied: {0}'],
  20008: [403, 'Resource not accessible with Test Account Credentials'],
  20009: [409, 'The resource {0} is not in a final state, and cannot be deleted'],
  20101: [401, 'Invalid Access Token: {0}'],
  20102: [401, 'Invalid Access Token header: {0}'],
  20103: [401, 'Invalid Access Token issuer or subject: {0}'],
  20104: [401, 'Access Token expired or expiration date invalid: {0}'],
  20105: [401, 'Access Token not yet valid: {0}'],
  20106: [401, 'Invalid Access Token grants: {0}'],
  20107: [401, 'Invalid Access Token signature'],
  20404: [404, 'The requested resource {0} was not found'],
  20409: [409, '{0}'],
  20429: [429, 'Too Many Requests'],
  20500: [500, 'An internal server error has occurred'],
  20503: [503, 'Service is unavailable. Please try again'],
  21201: [400, "A 'To' phone number is required."],
  21205: [400, 'The Url {0} is not a valid URL'],
  21206: [400, 'SendDigits are 0-9, A-D, #, * and w, at most 32, got {0}'],
  21208: [400, 'Timeout is a whole number of seconds from 1 to 600, got {0}'],
  21209: [400, 'The Method {0} is not a valid HTTP method'],
  21210: [400, "The 'From' number {0} is neither a number of this account nor verified for it."],
  21211: [400, "The 'To' number {0} is not a valid phone number."],
  21212: [
    400,
    "The 'From' number {0} is not a valid phone number, shortcode, or alphanumeric sender."
  ],
  21213: [400, "A 'From' phone number is required."],
  21214: [400, "The 'To' number {0} cannot be reached."],
  21215: [400, 'Permission to call {0} has not been enabled for its region'],
  21216: [400, 'Calls to {0} are blocked'],
  21217: [400, "The 'To' number {0} does not seem to be a phone number."],
  21218: [400, 'The ApplicationSid {0} is not a valid application of this account'],
  21220: [400, 'Call {0} is {1}, and cannot be changed like this'],
  21221: [400, 'SipAuthUsername has at most 255 characters'],
  21223: [400, 'SipAuthPassword has at most 255 characters'],
  21226: [400, 'SIP calling is not enabled for this account: {0}'],
  21234: [400, 'MachineDetection is Enable or DetectMessageEnd, got {0}'],
  21263: [400, '{0} is a whole number from {1} to {2}, got {3}'],
  21266: [400, "'To' and 'From' number cannot be the same: {0}"],
  21401: [400, '{0} is not a valid phone number'],
  21402: [400, '{0} is not a valid URL'],
  21403: [400, '{0} is not a valid HTTP method'],
  21405: [400, 'SmsFallbackUrl needs an SmsUrl'],
  21406: [400, 'VoiceFallbackUrl needs a VoiceUrl'],
  21408: [400, 'Permission to send an SMS has not been enabled for the region of {0}'],
  21420: [400, 'The ApplicationSid {0} is not accessible'],
  21421: [400, 'The phone number {0} is not valid'],
  21422: [400, 'The phone number {0} is not available'],
  21450: [400, 'The phone number {0} is already validated for this account'],
  21451: [400, 'The area code {0} is not valid'],
  21452: [400, 'No phone numbers found in area code {0}'],
  21454: [400, 'CallDelay is a whole number of seconds from 0 to 60, got {0}'],
  21457: [400, 'AreaCode is for the United States and Canada, not for {0}'],
  21458: [400, 'The phone number {0} is not of the type {1}'],
  21470: [400, 'The AccountSid {0} is not valid'],
  21471: [400, 'Account {0} does not exist'],
  21472: [400, 'Account {0} is not active'],
  21473: [400, 'Account {0} is not related to the owner of the phone number'],
  21474: [400, 'Only the parent account transfers phone numbers'],
  21475: [400, 'Status is active, suspended or closed, got {0}'],
  21477: [400, 'The status of a parent account cannot be changed'],
  21479: [400, 'Account {0} has been closed, and stays closed'],
  21480: [400, 'An account has at most {0} subaccounts'],
  21502: [400, '{0} is not a valid callback URL'],
  21602: [400, 'Message body is required.'],
  21603: [400, "A 'From' phone number or a 'MessagingServiceSid' is required."],
  21604: [400, "A 'To' phone number is required."],
  21606: [
    400,
    "The 'From' phone number {0} is not a valid sender of this account for this message."
  ],
  21609: [400, "The 'StatusCallback' URL {0} is not a valid URL."],
  21610: [400, 'Attempt to send to unsubscribed recipient {0}'],
  21611: [400, "The 'From' number {0} has exceeded its maximum number of queued messages."],
  21612: [400, "The 'To' number {0} cannot be reached from the 'From' number {1}."],
  21614: [400, "The 'To' number {0} is not a valid mobile number."],
  21615: [400, 'The phone number {0} requires an address in {1}'],
  21617: [400, 'The message body is {0} characters long and exceeds the limit of {1} characters.'],
  21619: [400, 'The message body is blank.'],
  21620: [400, 'Invalid media URL: {0}'],
  21621: [400, "The 'From' number {0} is not enabled for MMS."],
  21623: [400, 'Number of media files is {0}, and exceeds the limit of {1}.'],
  21624: [400, 'ValidityPeriod is a whole number of seconds from 1 to {1}, got {0}'],
  21626: [400, 'StatusCallbackEvent is initiated, ringing, answered or completed, got {0}'],
  21627: [400, 'MaxPrice {0} is not a price in dollars'],
  21628: [400, 'The address is not valid: {0}'],
  21629: [400, 'The address is not valid as it is written. Suggested: {0}'],
  21630: [400, 'The address {0} is in use'],
  21631: [400, 'The phone number {0} requires an address'],
  21649: [400, 'The phone number {0} requires a bundle'],
  21650: [400, 'The phone number {0} requires a verified identity document'],
  21651: [400, '{0} does not satisfy what is required of the phone number {1}'],
  21655: [400, 'The ContentSid {0} is invalid'],
  21658: [400, '{0} has {1} characters, and at most {2}'],
  21701: [404, 'The Messaging Service {0} does not exist.'],
  21704: [400, 'The Messaging Service {0} contains no phone numbers.'],
  21705: [400, 'The Messaging Service Sid {0} is invalid.'],
  21709: [400, 'The alpha sender {0} is invalid'],
  21710: [409, 'Phone number {0} is already in the Messaging Service.'],
  21712: [409, 'Phone number {0} is associated with another Messaging Service.'],
  21714: [412, 'The Messaging Service holds its most phone numbers, {0}.'],
  21715: [400, 'Phone number {0} has neither SMS nor MMS capability.'],
  21717: [400, 'The Brand Registration {0} is not registered, or not valid for the use case {1}'],
  21720: [400, 'The A2P use case {0} is invalid'],
  21721: [400, 'A Campaign Verify token cannot be imported: the brand is {0}'],
  21722: [400, 'The Campaign Verify token is invalid'],
  21723: [400, 'The import of a Campaign Verify token is already in progress'],
  21724: [400, 'The brand has been updated {0} times already, and cannot be updated again'],
  21725: [400, 'A brand can only be updated when it is FAILED, and this one is {0}'],
  21726: [400, 'Starter brands cannot be created at this time'],
  21727: [400, 'Campaign registration failed: missing {0}'],
  21728: [400, 'Campaign registration failed: {0}'],
  22203: [400, 'Bundle status {0} is none that can be asked for'],
  22204: [400, 'The status and the properties of a bundle cannot be updated in the same request'],
  22205: [400, 'The object_sid {0} is invalid'],
  22206: [400, 'The object {0} is of a type that cannot be assigned to a bundle'],
  22207: [400, 'Unable to parse the attributes JSON'],
  22210: [400, 'A Supporting Document cannot be created without a Type'],
  22211: [400, 'A Supporting Document cannot be created without a FriendlyName'],
  30400: [400, 'A message is updated with either an empty Body or Status=canceled'],
  30409: [409, 'Message {0} cannot be canceled: it is {1}'],
  30436: [400, 'The phone number SID {0} is not that of a toll-free number of this account'],
  35111: [400, 'SendAt is required with ScheduleType'],
  35114: [400, 'SendAt {0} is not more than {1} seconds and at most {2} days in the future'],
  35115: [400, 'SendAt {0} is not an ISO 8601 time'],
  35118: [400, 'MessagingServiceSid is required to schedule a message'],
  35125: [400, 'More than {0} messages are scheduled'],
  35126: [400, 'ScheduleType {0} is not supported'],
  60606: [403, 'The lookup package {0} is not enabled'],
  60618: [400, 'Malformed request parameter: {0}'],
  63007: [400, 'No channel of this account has the From address {0}']
} as const satisfies Record<number, readonly [number, string]>

export type RefusalCode = keyof typeof catalogue

export class TwilioRefusal extends Error {
  readonly code: number
  readonly status: number

  constructor(code: number, status: number, message: string) {
    super(message)
    this.name = 'TwilioRefusal'
    this.code = code
    this.status = status
  }
}

export function refusal(code: RefusalCode, ...values: readonly (string | number)[]): TwilioRefusal {
  const [status, template] = catalogue[code]
  const message = template.replace(/\{(\d)\}/g, (_, index: string) => {
    return String(values[Number(index)] ?? '')
  })
  return new TwilioRefusal(code, status, message)
}

/** The refusal that goes with a bare HTTP status, as forced by a fault or by `Prefer: code=429`. */
export function refusalForStatus(status: number, code?: number): TwilioRefusal {
  const known = new Map<number, RefusalCode>([
    [401, 20003],
    [404, 20404],
    [429, 20429],
    [503, 20503]
  ]).get(status)
  if (known !== undefined && (code === undefined || code === known)) {
    return refusal(known, 'asked for')
  }
  const fallback = status >= 500 ? 20500 : 20001
  return new TwilioRefusal(code ?? fallback, status, `Answered ${status} as asked for`)
}

export function errorBody({ code, message, status }: TwilioRefusal): ErrorBody {
  return { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status }
}

/**
 * Why a message ended badly: told in error_code of the resource and ErrorCode of the callback, never by the
 * request that created it.
 */
export const deliveryErrors = new Map<number, string>([
  [11751, 'Media exceeds the size limit'],
  [12300, 'Invalid Content-Type of the media'],
  [21610, 'Attempt to send to unsubscribed recipient'],
  [21701, 'The Messaging Service does not exist'],
  [21703, 'The Messaging Service has no sender suitable for this message'],
  [21704, 'The Messaging Service contains no phone numbers'],
  [30001, 'Queue overflow'],
  [30002, 'Account suspended'],
  [30003, 'Unreachable destination handset'],
  [30004, 'Message blocked'],
  [30005, 'Unknown destination handset'],
  [30006, 'Landline or unreachable carrier'],
  [30007, 'Message filtered'],
  [30008, 'Unknown error'],
  [30017, 'Carrier network congestion'],
  [30019, 'Content size exceeds the carrier limit'],
  [30022, 'Campaign rate exceeded'],
  [30023, 'Daily message cap reached'],
  [30032, 'Toll-free number has not been verified'],
  [30034, 'Unregistered number'],
  [30036, 'Validity period expired'],
  [30410, 'Provider timeout'],
  [30450, 'Blocked by SMS pumping protection'],
  [63017, 'The account exceeds its messages per second']
])
