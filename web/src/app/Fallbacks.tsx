import { Link } from '@tanstack/react-router'
import { Button, Result } from 'antd'
import { useTranslation } from 'react-i18next'

/** Shown for an address that is no page. */
export function NotFound() {
  const { t } = useTranslation()
  return (
    <main>
      <Result
        status="404"
        title={<Heading text={t('app.notFound')} />}
        subTitle={t('app.notFoundHint')}
        extra={<Link to="/">{t('app.backHome')}</Link>}
      />
    </main>
  )
}

/** Shown when a page itself fails, which is a mistake of ours. */
export function Crash() {
  const { t } = useTranslation()
  return (
    <main>
      <Result
        status="error"
        title={<Heading text={t('error.crash')} />}
        subTitle={t('error.crashHint')}
        extra={
          <Button
            type="primary"
            onClick={() => {
              window.location.reload()
            }}
          >
            {t('common.retry')}
          </Button>
        }
      />
    </main>
  )
}

function Heading({ text }: { text: string }) {
  return <h1 style={{ font: 'inherit', margin: 0 }}>{text}</h1>
}
