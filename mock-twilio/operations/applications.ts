import type { Operation } from '../operation.ts'
import { createApplication } from './applications/create-application.ts'
import { deleteApplication } from './applications/delete-application.ts'
import { fetchApplication } from './applications/fetch-application.ts'
import { listApplications } from './applications/list-applications.ts'
import { updateApplication } from './applications/update-application.ts'

export const applicationOperations: readonly Operation[] = [
  createApplication,
  fetchApplication,
  listApplications,
  updateApplication,
  deleteApplication
]
