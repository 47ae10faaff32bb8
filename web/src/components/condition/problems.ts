import type { FieldProblem } from '@/api/problem'

/** Mistakes by the place of their rule or group: "0.2" is the third item of the first, "" the whole. */
export type ProblemMap = ReadonlyMap<string, string[]>

const place = /(?:^|\.)condition((?:\.items\[\d+\])*)(?:\.(\w+))?$/

/**
 * Sorts the API's mistakes ("body.condition.items[0].value", also below "audience.") by place. `bare` says that the tree is a single test, which the builder shows inside a group.
 */
export function problemMap(problems: readonly FieldProblem[] | undefined, bare = false): ProblemMap {
  const out = new Map<string, string[]>()
  for (const p of problems ?? []) {
    const found = place.exec(p.path)
    if (!found) continue
    const at = bare ? '0' : [...(found[1] ?? '').matchAll(/\d+/g)].map((m) => m[0]).join('.')
    out.set(at, [...(out.get(at) ?? []), p.detail])
  }
  return out
}

/** Says whether a mistake is one of the condition, so that a form knows what the builder shows already. */
export const isConditionProblem = (p: FieldProblem): boolean => place.test(p.path)
