import { refusal } from '../../errors.ts'
import type { Call } from '../../operation.ts'
import type { ApplicationRecord } from '../../resources/application.ts'

export function findApplication({ world, params, path }: Call): ApplicationRecord {
  const application = world.applications.get(params['Sid'] ?? '')
  if (application === undefined) throw refusal(20404, path)
  return application
}
