import { createRoute, lazyRouteComponent } from '@tanstack/react-router'

import { app } from './parents'

const segments = createRoute({
  getParentRoute: () => app,
  path: '/segments',
  component: lazyRouteComponent(() => import('@/routes/SegmentsPage'), 'SegmentsPage'),
})

export const segmentRoutes = [segments] as const
