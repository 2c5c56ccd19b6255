import { refusal } from '../../errors.ts'
import { text, type Form } from '../../forms.ts'
import { lookUpNumber } from '../../number-lookup.ts'
import type { Call } from '../../operation.ts'
import type { LookupOverride } from '../../resources/lookup.ts'
import { LineType } from '../../seeds.ts'

/** The number in the path, in E.164. Overrides are of the line's type alone. */
export function numberOfOverride({ params }: Call): string {
  const field = params['Field'] ?? ''
  if (field !== 'line_type_intelligence' && field !== 'line_type') {
    throw refusal(20001, `an override is of line_type_intelligence, got ${field}`)
  }
  const spelling = params['PhoneNumber'] ?? ''
  const lookup = lookUpNumber(spelling, 'US')
  if (!lookup.valid) throw refusal(20001, `PhoneNumber ${spelling}`)
  return lookup.number.number
}

export function findOverride(call: Call): LookupOverride {
  const override = call.world.lookupOverrides.get(numberOfOverride(call))
  if (override === undefined) throw refusal(20404, call.path)
  return override
}

const lineTypes = LineType.anyOf.map(literal => literal.const).filter(type => type !== 'not_found')

export function readOverride(form: Form): { lineType: LineType; reason: string } {
  // The SDK for Node writes lineType into its JSON, against Twilio's own document.
  const given = text(form, 'line_type') ?? text(form, 'lineType')
  const lineType = lineTypes.find(type => type === given)
  if (lineType === undefined) {
    throw refusal(20001, `line_type is one of ${lineTypes.join(', ')}, got ${given ?? 'none'}`)
  }
  const reason = text(form, 'reason') ?? ''
  if (reason.length > 1000) throw refusal(20001, 'reason has at most 1000 characters')
  return { lineType, reason }
}
