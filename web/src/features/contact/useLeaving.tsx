import { App } from 'antd'
import { useTranslation } from 'react-i18next'

import { useConfirm } from '@/components/ui/confirm'

import { type Contact, useDelete, useErase } from './api'
import { useCall } from './words'

/** Asks before a person is deleted or erased, and says what that means. */
export function useLeaving(onGone: () => void) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const confirm = useConfirm()
  const call = useCall()
  const remove = useDelete()
  const erase = useErase()
  return {
    askDelete: (c: Contact) => {
      confirm({
        title: t('contacts.delete.title', { name: call(c) }),
        text: t('contacts.delete.text'),
        ok: t('contacts.delete.ok'),
        danger: true,
        action: async () => {
          await remove.mutateAsync(c.id)
          void message.success(t('contacts.delete.done'))
          onGone()
        },
      })
    },
    askErase: (c: Contact) => {
      confirm({
        title: t('contacts.erase.title', { name: call(c) }),
        text: (
          <>
            <p style={{ marginTop: 0 }}>{t('contacts.erase.text')}</p>
            <ul style={{ paddingInlineStart: 18, margin: 0 }}>
              <li>{t('contacts.erase.data')}</li>
              <li>{t('contacts.erase.imports')}</li>
              <li>{t('contacts.erase.blocked')}</li>
              <li>{t('contacts.erase.reports')}</li>
            </ul>
          </>
        ),
        ok: t('contacts.erase.ok'),
        danger: true,
        typed: t('contacts.erase.typed'),
        action: async () => {
          const done = await erase.mutateAsync(c.id)
          void message.success(t('contacts.erase.done', { count: done.suppressions, rows: done.import_rows }), 8)
          onGone()
        },
      })
    },
  }
}
