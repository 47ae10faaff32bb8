import { createRoute, lazyRouteComponent } from '@tanstack/react-router'

import { type ChannelName, channels } from '@/lib/channels'

import { app } from './parents'
import { idParam, oneOf, type Raw, text, whole } from './search'

type Channel = ChannelName

const templates = createRoute({
  getParentRoute: () => app,
  path: '/templates',
  component: lazyRouteComponent(() => import('@/routes/TemplatesPage'), 'TemplatesPage'),
  validateSearch: (raw: Raw): { q?: string; channel?: Channel; page?: string } => ({
    q: text(raw, 'q'),
    channel: oneOf(raw, 'channel', channels),
    page: text(raw, 'page'),
  }),
})

const create = createRoute({
  getParentRoute: () => app,
  path: '/templates/new',
  component: lazyRouteComponent(() => import('@/routes/TemplatePage'), 'TemplateNewPage'),
  validateSearch: (raw: Raw): { channel: Channel } => ({ channel: oneOf(raw, 'channel', channels) ?? 'zns' }),
})

const template = createRoute({
  getParentRoute: () => app,
  path: '/templates/$id',
  component: lazyRouteComponent(() => import('@/routes/TemplatePage'), 'TemplatePage'),
  params: idParam,
  validateSearch: (raw: Raw): { version?: number } => ({ version: whole(raw, 'version', 1) }),
})

export const templateRoutes = [templates, create, template] as const
