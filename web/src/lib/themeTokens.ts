import { theme, type ThemeConfig } from 'antd'

import type { Mode } from './theme'

/** The look of the UI kit, light or dark. */
export function themeOf(mode: Mode): ThemeConfig {
  const dark = mode === 'dark'
  return {
    algorithm: dark ? [theme.darkAlgorithm, theme.compactAlgorithm] : [theme.defaultAlgorithm, theme.compactAlgorithm],
    token: {
      // The compact form takes the next smaller size, so this gives 14.
      fontSize: 16,
      colorError: dark ? '#ff9c99' : '#cf1322',
      colorPrimary: dark ? '#3c89e8' : '#0958d9',
      // Under the mouse things grow darker, not paler, so that they stay readable.
      colorPrimaryHover: dark ? '#2f6fc0' : '#003eb3',
      colorErrorHover: dark ? '#ffb8b5' : '#a8071a',
      // Tags write in these, so they are deep enough to read on their own pale ground.
      colorSuccess: dark ? '#73d13d' : '#2b7a0b',
      colorWarning: dark ? '#ffc53d' : '#945800',
      // Their grounds stay those of the kit.
      ...(dark
        ? {}
        : {
            colorSuccessBg: '#f6ffed',
            colorSuccessBorder: '#b7eb8f',
            colorWarningBg: '#fffbe6',
            colorWarningBorder: '#ffe58f',
          }),
      // A button that runs stays readable: the wheel says that it runs.
      opacityLoading: 1,
      colorLink: dark ? '#69b1ff' : '#0958d9',
      colorLinkHover: dark ? '#91caff' : '#003eb3',
      colorLinkActive: dark ? '#91caff' : '#002c8c',
      // The kit's own secondary greys are too pale to read.
      colorTextSecondary: dark ? '#b3b3b3' : '#595959',
      colorTextTertiary: dark ? '#a6a6a6' : '#636363',
      colorTextDescription: dark ? '#b3b3b3' : '#595959',
      colorTextPlaceholder: dark ? '#9a9a9a' : '#6b6b6b',
    },
    components: {
      Button: {
        defaultHoverColor: dark ? '#91caff' : '#003eb3',
        defaultHoverBorderColor: dark ? '#91caff' : '#003eb3',
      },
      Menu: dark ? { itemSelectedColor: '#a9d1ff' } : {},
      Layout: { headerHeight: 48, headerPadding: '0 16px', headerBg: dark ? '#141414' : '#ffffff' },
    },
  }
}
