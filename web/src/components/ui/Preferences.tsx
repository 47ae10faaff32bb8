import { MoonOutlined, SunOutlined } from '@ant-design/icons'
import { Button, Segmented, Space, Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'

import { type Language, setLanguage } from '@/i18n'
import { setMode, useMode } from '@/lib/theme'

/** The switches that everybody has, signed in or not: language and light or dark. */
export function Preferences() {
  const { t, i18n } = useTranslation()
  const mode = useMode()
  const other = mode === 'dark' ? 'light' : 'dark'
  const title = other === 'dark' ? t('app.toDark') : t('app.toLight')
  return (
    <Space>
      <Segmented<Language>
        size="small"
        aria-label={t('app.language')}
        value={i18n.language === 'en' ? 'en' : 'vi'}
        options={[
          { value: 'vi', label: 'Tiếng Việt' },
          { value: 'en', label: 'English' },
        ]}
        onChange={(language) => void setLanguage(language)}
      />
      <Tooltip title={title}>
        <Button
          type="text"
          aria-label={title}
          icon={other === 'dark' ? <MoonOutlined /> : <SunOutlined />}
          onClick={() => {
            setMode(other)
          }}
        />
      </Tooltip>
    </Space>
  )
}
