import { useQueryClient } from '@tanstack/react-query'
import { App } from 'antd'
import { useTranslation } from 'react-i18next'

import { useConfirm } from '@/components/ui/confirm'
import { useErrorText } from '@/components/ui/Faces'

import { type Template, useCloneTemplate, useDeleteTemplate, usesQuery } from './api'
import { Uses } from './Uses'

type Named = Pick<Template, 'id' | 'name'>

/** Asks before a template is deleted and says which campaigns name it: those that have not started cannot start any more. */
export function useAskDelete(done?: () => void) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const confirm = useConfirm()
  const queries = useQueryClient()
  const remove = useDeleteTemplate()
  const text = useErrorText()
  return async (template: Named) => {
    try {
      const uses = await queries.fetchQuery(usesQuery(template.id))
      const waiting = uses.items.filter((u) => u.needs)
      confirm({
        title: t('templates.deleteTitle', { name: template.name }),
        text: (
          <>
            <p>{t('templates.deleteText')}</p>
            {waiting.length > 0 && (
              <>
                <p>{t('templates.deleteWaiting', { count: waiting.length })}</p>
                <Uses uses={waiting} count={waiting.length} />
              </>
            )}
            {uses.count > waiting.length && (
              <p>{t('templates.deleteStarted', { count: uses.count - waiting.length })}</p>
            )}
          </>
        ),
        ok: t('templates.delete'),
        danger: true,
        typed: waiting.length > 0 ? template.name : undefined,
        action: async () => {
          await remove(template.id)
          done?.()
        },
      })
    } catch (error) {
      void message.error(text(error))
    }
  }
}

/** Copies a template and says so. */
export function useClone() {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const clone = useCloneTemplate()
  const text = useErrorText()
  return async (template: Named): Promise<Template | undefined> => {
    try {
      const made = await clone(template.id, t('templates.copyOf', { name: template.name }).slice(0, 200))
      void message.success(t('templates.cloned', { name: made.name }))
      return made
    } catch (error) {
      void message.error(text(error))
      return undefined
    }
  }
}
