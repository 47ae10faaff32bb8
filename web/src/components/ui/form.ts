import type { FormInstance } from 'antd'
import { useEffect, useMemo } from 'react'

import { Problem } from '@/api/problem'

type Path = (string | number)[]

/** Reads where the API sees a mistake: "body.settings.base_url" or "body.legs[1].template_id" is ['settings', 'base_url'] or ['legs', 1, 'template_id']. */
export function pathOf(path: string): Path {
  return path
    .replace(/^body\.?/, '')
    .split(/[.[\]]+/)
    .filter(Boolean)
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part))
}

/**
 * Puts the mistakes that the API found at the fields of a form, and the first of them into view. Gives the error back when something of it found no field, to be shown by <Failure>.
 * `names` translates paths of the API into field names where they differ.
 */
export function useFormProblems(form: FormInstance, error: unknown, names?: (path: Path) => Path | undefined) {
  const problems = useMemo(
    () =>
      error instanceof Problem
        ? error.errors.map((e) => {
            const path = pathOf(e.path)
            return { name: names?.(path) ?? path, text: e.detail }
          })
        : [],
    // The translation is a pure function of the page.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [error],
  )
  useEffect(() => {
    const fields = problems.filter((p) => p.name.length > 0 && form.getFieldInstance(p.name) !== undefined)
    if (fields.length === 0) return
    form.setFields(fields.map((p) => ({ name: p.name, errors: [p.text] })))
    const first = fields[0]
    if (first) form.scrollToField(first.name, { block: 'center', focus: true })
  }, [problems, form])
  if (!error) return undefined
  const lost = problems.some((p) => p.name.length === 0 || form.getFieldInstance(p.name) === undefined)
  return problems.length === 0 || lost ? error : undefined
}
