import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router'

import { type CampaignState, campaignStates, type Status, statuses } from '@/components/ui/status'

import { Crash, NotFound } from './Fallbacks'
import { Shell } from './Shell'

type Raw = Record<string, unknown>

const text = (raw: Raw, key: string): string | undefined => {
  const value = raw[key]
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value ? value : undefined
}
const whole = (raw: Raw, key: string, least: number): number | undefined => {
  const n = Number(raw[key] ?? NaN)
  return Number.isSafeInteger(n) && n >= least ? n : undefined
}

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound, errorComponent: Crash })

const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  component: lazyRouteComponent(() => import('@/routes/SetupPage'), 'SetupPage'),
})

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  component: lazyRouteComponent(() => import('@/routes/LoginPage'), 'LoginPage'),
  // Only pages behind sign-in may be asked for; "//host" would lead away.
  validateSearch: (raw: Raw): { from?: string } => {
    const from = text(raw, 'from')
    return from && /^\/campaigns(\/|$)/.test(from) ? { from } : {}
  },
})

const link = createRoute({
  getParentRoute: () => root,
  path: '/link',
  component: lazyRouteComponent(() => import('@/routes/LinkPage'), 'LinkPage'),
})

const app = createRoute({ getParentRoute: () => root, id: 'app', component: Shell })

const home = createRoute({
  getParentRoute: () => app,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/campaigns', search: {} })
  },
})

const campaigns = createRoute({
  getParentRoute: () => app,
  path: '/campaigns',
  component: lazyRouteComponent(() => import('@/routes/CampaignsPage'), 'CampaignsPage'),
  validateSearch: (raw: Raw): { state?: CampaignState[]; q?: string; page?: string } => {
    const given = Array.isArray(raw.state) ? raw.state : String(raw.state ?? '').split(',')
    const state = campaignStates.filter((s) => given.includes(s))
    return { state: state.length ? state : undefined, q: text(raw, 'q'), page: text(raw, 'page') }
  },
})

const campaign = createRoute({
  getParentRoute: () => app,
  path: '/campaigns/$id',
  component: lazyRouteComponent(() => import('@/routes/CampaignPage'), 'CampaignPage'),
  params: {
    parse: ({ id }) => ({ id: whole({ id }, 'id', 1) ?? 0 }),
    stringify: ({ id }) => ({ id: String(id) }),
  },
  validateSearch: (raw: Raw): { status?: Status; rank?: number; q?: string; page?: string; who?: number } => ({
    status: statuses.find((s) => s === raw.status),
    rank: whole(raw, 'rank', 0),
    q: text(raw, 'q'),
    page: text(raw, 'page'),
    who: whole(raw, 'who', 1),
  }),
})

export const tree = root.addChildren([setup, login, link, app.addChildren([home, campaigns, campaign])])

export const router = createRouter({ routeTree: tree, defaultPreload: 'intent', scrollRestoration: true })

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
