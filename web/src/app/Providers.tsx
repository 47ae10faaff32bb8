import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { App, ConfigProvider, theme } from 'antd'
import enUS from 'antd/locale/en_US'
import viVN from 'antd/locale/vi_VN'
import { type ReactNode, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Problem } from '@/api/problem'
import { useMode } from '@/lib/theme'
import { themeOf } from '@/lib/themeTokens'

/** A refusal stays a refusal; only a lost connection or a server in trouble is worth another try. */
const retry = (failures: number, error: Error) => failures < 2 && !(error instanceof Problem && error.status < 500)

export function newQueryClient() {
  const client: QueryClient = new QueryClient({
    defaultOptions: { queries: { retry, staleTime: 2000, refetchOnWindowFocus: true } },
  })
  // The session ended somewhere: every page asks who is signed in, finds nobody and leads to sign-in.
  client.getQueryCache().subscribe((event) => {
    const error = event.type === 'updated' && event.action.type === 'error' ? event.action.error : undefined
    if (error instanceof Problem && error.status === 401) void client.invalidateQueries({ queryKey: ['session'] })
  })
  return client
}

/** Paints the ground under pages that have no frame of their own, in the colours of the theme. */
function Ground() {
  const { token } = theme.useToken()
  useEffect(() => {
    document.body.style.backgroundColor = token.colorBgLayout
    document.body.style.color = token.colorText
  }, [token])
  return null
}

/** Theme, words of the UI kit and server data, around everything. */
export function Providers({ children, queries }: { children: ReactNode; queries?: QueryClient }) {
  const { i18n } = useTranslation()
  const mode = useMode()
  const [own] = useState(() => queries ?? newQueryClient())
  return (
    <ConfigProvider locale={i18n.language === 'en' ? enUS : viVN} theme={themeOf(mode)}>
      {/* Around App, which holds the dialogs: what they show asks the API, too. */}
      <QueryClientProvider client={own}>
        <App style={{ height: '100%' }}>
          <Ground />
          {children}
        </App>
      </QueryClientProvider>
    </ConfigProvider>
  )
}
