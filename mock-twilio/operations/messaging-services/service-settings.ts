import type { ProviderLimits } from '../../carrier/provider-limits.ts'
import { refusal } from '../../errors.ts'
import { flag, httpMethod, oneOf, text, url, type Form } from '../../forms.ts'
import type { ServiceRecord } from '../../resources/messaging-service.ts'

/** What a client may set on its messaging service, at birth and later. */
export function readSettings(
  form: Form,
  current: ServiceRecord,
  limits: ProviderLimits
): Partial<ServiceRecord> {
  const friendlyName = text(form, 'FriendlyName') ?? current.friendlyName
  if (friendlyName === '' || friendlyName.length > 64) throw refusal(20002)
  return {
    friendlyName,
    inboundRequestUrl: address(form, 'InboundRequestUrl', current.inboundRequestUrl),
    inboundMethod: httpMethod(form, 'InboundMethod') ?? current.inboundMethod,
    fallbackUrl: address(form, 'FallbackUrl', current.fallbackUrl),
    fallbackMethod: httpMethod(form, 'FallbackMethod') ?? current.fallbackMethod,
    statusCallback: address(form, 'StatusCallback', current.statusCallback),
    stickySender: flag(form, 'StickySender') ?? current.stickySender,
    mmsConverter: flag(form, 'MmsConverter') ?? current.mmsConverter,
    smartEncoding: flag(form, 'SmartEncoding') ?? current.smartEncoding,
    scanMessageContent:
      oneOf(form, 'ScanMessageContent', ['inherit', 'enable', 'disable']) ??
      current.scanMessageContent,
    fallbackToLongCode: flag(form, 'FallbackToLongCode') ?? current.fallbackToLongCode,
    areaCodeGeomatch: flag(form, 'AreaCodeGeomatch') ?? current.areaCodeGeomatch,
    synchronousValidation: flag(form, 'SynchronousValidation') ?? current.synchronousValidation,
    validityPeriod: validityPeriod(form, limits) ?? current.validityPeriod,
    usecase: text(form, 'Usecase') ?? current.usecase,
    useInboundWebhookOnNumber:
      flag(form, 'UseInboundWebhookOnNumber') ?? current.useInboundWebhookOnNumber
  }
}

/** An empty address takes the former one away. */
function address(form: Form, name: string, current: string | null): string | null {
  const given = url(form, name)
  return given === undefined ? current : given || null
}

function validityPeriod(form: Form, { validitySeconds }: ProviderLimits): number | undefined {
  const given = text(form, 'ValidityPeriod')
  if (given === undefined || given === '') return undefined
  const seconds = /^\d{1,6}$/.test(given) ? Number(given) : 0
  const { most } = validitySeconds
  if (seconds < 1 || seconds > most) throw refusal(21624, given, most)
  return seconds
}
