import { Alert, Flex, Input, type InputRef, Modal } from 'antd'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'

import { Copy } from '@/components/ui/Copy'

/** Shows a secret this once: a link or a key that nobody can look up again. */
export function OneTime(props: { title: string; hint: string; label: string; secret?: string; onClose: () => void }) {
  const { t } = useTranslation()
  const { title, hint, label, secret, onClose } = props
  const field = useRef<InputRef>(null)
  return (
    <Modal
      open={Boolean(secret)}
      title={title}
      okText={t('settings.oneTime.done')}
      onOk={onClose}
      onCancel={onClose}
      mask={{ closable: false }}
      cancelButtonProps={{ style: { display: 'none' } }}
      destroyOnHidden
      afterOpenChange={(shown) => {
        if (shown) field.current?.focus({ cursor: 'all' })
      }}
    >
      <Flex vertical gap={12}>
        <Alert type="warning" showIcon title={hint} />
        <Flex gap={8}>
          <Input
            readOnly
            ref={field}
            aria-label={label}
            value={secret}
            onFocus={(e) => {
              e.target.select()
            }}
          />
          <Copy text={secret ?? ''} label={label} />
        </Flex>
      </Flex>
    </Modal>
  )
}
