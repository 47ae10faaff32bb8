import { createRoute, lazyRouteComponent } from '@tanstack/react-router'

import { app } from './parents'
import { idParam, type Raw, text } from './search'

const imports = createRoute({
  getParentRoute: () => app,
  path: '/contacts/imports',
  component: lazyRouteComponent(() => import('@/routes/ImportsPage'), 'ImportsPage'),
  validateSearch: (raw: Raw): { page?: string } => ({ page: text(raw, 'page') }),
})

const create = createRoute({
  getParentRoute: () => app,
  path: '/contacts/import',
  component: lazyRouteComponent(() => import('@/routes/ImportPage'), 'ImportNewPage'),
})

const one = createRoute({
  getParentRoute: () => app,
  path: '/contacts/imports/$id',
  component: lazyRouteComponent(() => import('@/routes/ImportPage'), 'ImportPage'),
  params: idParam,
})

export const importRoutes = [imports, create, one] as const
