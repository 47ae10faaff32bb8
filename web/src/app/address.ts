import { openSecretAddress } from '@/lib/secret'

// Imported before the router, which reads the address when it is made.
openSecretAddress()
