import { useQueries } from '@tanstack/react-query'

import { segmentQuery } from './choices'

/** The names of the chosen segments; a number where a name is not known. */
export function useNames({ segments }: { segments: number[] }): string[] {
  const found = useQueries({ queries: segments.map((id) => segmentQuery(id)) })
  return segments.map((id, i) => found[i]?.data?.name ?? `#${id}`)
}
