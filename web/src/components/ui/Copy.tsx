import { CopyOutlined } from '@ant-design/icons'
import { App, Button } from 'antd'
import { useTranslation } from 'react-i18next'

/** A button that puts a text on the clipboard; `label` says which, for screen readers. */
export function Copy({ text, label }: { text: string; label?: string }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  return (
    <Button
      size="small"
      icon={<CopyOutlined />}
      aria-label={label && `${t('common.copy')}: ${label}`}
      onClick={() => {
        void navigator.clipboard.writeText(text).then(() => message.success(t('common.copied')))
      }}
    >
      {t('common.copy')}
    </Button>
  )
}
