import { useQuery } from '@tanstack/react-query'
import { Alert, Button, Card, Flex } from 'antd'
import { useTranslation } from 'react-i18next'

import { Copy } from '@/components/ui/Copy'
import { Failure } from '@/components/ui/Faces'

import type { Connection } from './api'
import { type ConsentResult, setUpQuery, useAuthorize } from './upkeep'

/** Lets an admin of the OA authorise us in the browser, instead of pasting tokens. */
export function Consent({ connection }: { connection: Connection }) {
  const { t } = useTranslation()
  const setUp = useQuery(setUpQuery(connection.id))
  const authorize = useAuthorize(connection.id)
  const stored = connection.secrets_set ?? []
  const ready = stored.includes('app_secret')
  const redirect = setUp.data?.redirect_uri
  return (
    <Card title={<h2 className="card-title">{t('connections.consent.title')}</h2>}>
      <ol style={{ margin: '0 0 12px', paddingInlineStart: 20 }}>
        <li>
          {t('connections.consent.step1')}
          {redirect && (
            <Flex gap={8} align="center" wrap style={{ margin: '4px 0' }}>
              <code className="raw" style={{ margin: 0 }}>
                {redirect}
              </code>
              <Copy text={redirect} label={t('connections.consent.redirect')} />
            </Flex>
          )}
        </li>
        <li>{t('connections.consent.step2')}</li>
        <li>{t('connections.consent.step3')}</li>
      </ol>
      <Flex gap={12} align="center" wrap>
        <Button
          type={stored.includes('access_token') ? 'default' : 'primary'}
          disabled={!ready}
          loading={authorize.isPending || authorize.isSuccess}
          onClick={() => {
            authorize.mutate()
          }}
        >
          {stored.includes('access_token') ? t('connections.consent.again') : t('connections.consent.go')}
        </Button>
        {!ready && <span>{t('connections.consent.needSecret')}</span>}
      </Flex>
      {authorize.isError && (
        <div style={{ marginTop: 12 }}>
          <Failure error={authorize.error} />
        </div>
      )}
    </Card>
  )
}

/** What came of a visit to the consent page. */
export function ConsentNotice({ result, code }: { result?: ConsentResult; code?: string }) {
  const { t } = useTranslation()
  if (!result) return null
  return (
    <Alert
      role="status"
      showIcon
      closable
      type={result === 'ok' ? 'success' : 'error'}
      title={t(`connections.consent.result.${result}`)}
      description={code && t('connections.testCode', { code })}
    />
  )
}
