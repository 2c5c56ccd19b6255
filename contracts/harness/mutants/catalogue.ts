import { accessMutants } from './access-mutants.ts'
import { adminMutants } from './admin-mutants.ts'
import { callMutants } from './call-mutants.ts'
import { eventMutants } from './event-mutants.ts'
import type { Mutant } from './mutant.ts'
import { shapeMutants } from './shape-mutants.ts'
import { stateMutants } from './state-mutants.ts'

/** Every fault that the harness must find. */
export const mutants: readonly Mutant[] = [
  ...accessMutants,
  ...shapeMutants,
  ...stateMutants,
  ...eventMutants,
  ...adminMutants,
  ...callMutants
]
