import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { App, ConfigProvider, theme } from 'antd'
import enUS from 'antd/locale/en_US'
import viVN from 'antd/locale/vi_VN'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'

import { Problem } from '@/api/problem'
import { useMode } from '@/lib/theme'

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

/** Theme, words of the UI kit and server data, around everything. */
export function Providers({ children, queries }: { children: ReactNode; queries?: QueryClient }) {
  const { i18n } = useTranslation()
  const mode = useMode()
  const [own] = useState(() => queries ?? newQueryClient())
  const dark = mode === 'dark'
  return (
    <ConfigProvider
      locale={i18n.language === 'en' ? enUS : viVN}
      theme={{
        algorithm: dark
          ? [theme.darkAlgorithm, theme.compactAlgorithm]
          : [theme.defaultAlgorithm, theme.compactAlgorithm],
        token: {
          // The compact form takes the next smaller size, so this gives 14.
          fontSize: 16,
          colorError: dark ? '#ff9c99' : '#cf1322',
          colorPrimary: dark ? '#3c89e8' : '#0958d9',
          colorLink: dark ? '#69b1ff' : '#0958d9',
          // The kit's own secondary greys are too pale to read.
          colorTextSecondary: dark ? '#b3b3b3' : '#595959',
          colorTextTertiary: dark ? '#a6a6a6' : '#636363',
          colorTextDescription: dark ? '#b3b3b3' : '#595959',
          colorTextPlaceholder: dark ? '#9a9a9a' : '#6b6b6b',
        },
        components: {
          Menu: dark ? { itemSelectedColor: '#a9d1ff' } : {},
          Layout: { headerHeight: 48, headerPadding: '0 16px', headerBg: dark ? '#141414' : '#ffffff' },
        },
      }}
    >
      <App style={{ height: '100%' }}>
        <QueryClientProvider client={own}>{children}</QueryClientProvider>
      </App>
    </ConfigProvider>
  )
}
