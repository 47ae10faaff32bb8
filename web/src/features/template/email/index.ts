export { type EmailContent, emptyEmail } from './content'
export { EmailEditor, type EmailEditorProps } from './EmailEditor'
export { MailPreview } from './MailPreview'
