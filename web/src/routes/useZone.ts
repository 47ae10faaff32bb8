import { useQuery } from '@tanstack/react-query'

import { sessionQuery } from '@/features/session/api'
import { defaultZone } from '@/lib/format'

/** The time zone of the workspace, in which all times are shown. */
export function useZone(): string {
  return useQuery(sessionQuery).data?.workspace?.timezone || defaultZone
}
