import { Alert, Button, Flex } from 'antd'
import { useTranslation } from 'react-i18next'

import { Failure } from '@/components/ui/Faces'

import { useSignInByLink } from './api'

/** Uses a one-time link only when the person presses the button: programs that look at links in mails must not use it up. */
export function LinkForm({ token }: { token: string }) {
  const { t } = useTranslation()
  const signIn = useSignInByLink()
  if (!token) return <Alert type="error" showIcon title={t('session.linkMissing')} />
  return (
    <Flex vertical gap={16}>
      <p style={{ margin: 0 }}>{t('session.linkHint')}</p>
      {signIn.isError && <Failure error={signIn.error} />}
      <Button
        type="primary"
        size="large"
        block
        autoFocus
        loading={signIn.isPending}
        onClick={() => {
          signIn.mutate(token)
        }}
      >
        {t('session.signIn')}
      </Button>
    </Flex>
  )
}
