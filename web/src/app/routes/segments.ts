import { createRoute, lazyRouteComponent } from '@tanstack/react-router'

import { app } from './parents'
import { idParam, type Raw, text, whole } from './search'

const segments = createRoute({
  getParentRoute: () => app,
  path: '/segments',
  component: lazyRouteComponent(() => import('@/routes/SegmentsPage'), 'SegmentsPage'),
  validateSearch: (raw: Raw): { q?: string; page?: string } => ({ q: text(raw, 'q'), page: text(raw, 'page') }),
})

/** A page of ours to return to: a path, never an address of somebody else. */
const place = (raw: Raw): string | undefined => {
  const path = text(raw, 'back')
  return path && /^\/(?![/\\])/.test(path) ? path : undefined
}

const create = createRoute({
  getParentRoute: () => app,
  path: '/segments/new',
  component: lazyRouteComponent(() => import('@/routes/SegmentEditPage'), 'SegmentNewPage'),
  validateSearch: (raw: Raw): { from?: number; back?: string; name?: string } => ({
    from: whole(raw, 'from', 1),
    back: place(raw),
    name: text(raw, 'name'),
  }),
})

const segment = createRoute({
  getParentRoute: () => app,
  path: '/segments/$id',
  component: lazyRouteComponent(() => import('@/routes/SegmentPage'), 'SegmentPage'),
  params: idParam,
  validateSearch: (raw: Raw): { page?: string } => ({ page: text(raw, 'page') }),
})

const edit = createRoute({
  getParentRoute: () => app,
  path: '/segments/$id/edit',
  component: lazyRouteComponent(() => import('@/routes/SegmentEditPage'), 'SegmentEditPage'),
  params: idParam,
})

export const segmentRoutes = [segments, create, segment, edit] as const
