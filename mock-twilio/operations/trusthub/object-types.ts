import { friendlyNameOf, type ObjectType } from '../../compliance/policies.ts'
import { refusal } from '../../errors.ts'
import type { Operation } from '../../operation.ts'
import { trusthubPage } from './trusthub-page.ts'

/** The types of end users, or of supporting documents, that the policies name. */
export function objectTypeOperations(
  name: string,
  collection: string,
  key: string,
  types: readonly ObjectType[]
): readonly Operation[] {
  const show = ({ sid, machineName, friendlyName, fields }: ObjectType) => ({
    sid,
    friendly_name: friendlyName,
    machine_name: machineName,
    fields: fields.map(field => ({
      machine_name: field,
      friendly_name: friendlyNameOf(field),
      constraint: 'String'
    })),
    url: `https://trusthub.twilio.com/v1/${collection}/${sid}`
  })
  return [
    {
      name: `list-${name}s`,
      method: 'GET',
      path: `/trusthub/v1/${collection}`,
      status: 200,
      handle: call => trusthubPage(call, key, types, show)
    },
    {
      name: `fetch-${name}`,
      method: 'GET',
      path: `/trusthub/v1/${collection}/:Sid`,
      status: 200,
      // The links of a policy name a type instead of giving its sid.
      handle: ({ params, path }) => {
        const type = types.find(({ sid, machineName }) =>
          [sid, machineName].includes(params['Sid'] ?? '')
        )
        if (type === undefined) throw refusal(20404, path)
        return show(type)
      }
    }
  ]
}
