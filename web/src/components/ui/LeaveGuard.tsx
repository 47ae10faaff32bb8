import { useBlocker } from '@tanstack/react-router'
import { App } from 'antd'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'

/**
 * Asks before a page with unsaved changes is left, inside the app and by closing the tab. Gives a function that lets the next step pass: call it right before navigating after a save.
 */
export function useLeaveGuard(dirty: boolean): () => void {
  const { t } = useTranslation()
  const { modal } = App.useApp()
  const pass = useRef(false)
  const blocker = useBlocker({
    // Filters and tabs of the same page stand in the address too: only another path leaves the form.
    shouldBlockFn: ({ current, next }) => dirty && !pass.current && current.pathname !== next.pathname,
    enableBeforeUnload: () => dirty && !pass.current,
    withResolver: true,
  })
  const { status, proceed, reset } = blocker
  useEffect(() => {
    if (!dirty) pass.current = false
  }, [dirty])
  useEffect(() => {
    if (status !== 'blocked') return
    const asked = modal.confirm({
      title: t('leave.title'),
      content: t('leave.text'),
      okText: t('leave.go'),
      okButtonProps: { danger: true },
      cancelText: t('leave.stay'),
      focusable: { autoFocusButton: 'cancel' },
      onOk: () => {
        proceed?.()
      },
      onCancel: () => {
        reset?.()
      },
    })
    return () => {
      asked.destroy()
    }
  }, [status, proceed, reset, modal, t])
  return () => {
    pass.current = true
  }
}
