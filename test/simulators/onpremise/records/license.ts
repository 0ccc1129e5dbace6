import type { Faults } from '../faults.ts';
import { CREATED } from './created.ts';

/** The license of a site. */
export function license({ licenseExpired }: Faults): object {
  return {
    id: '9f3c1f0a-64b5-4c2e-8f5f-2a0b7d1c9e01',
    ...CREATED,
    lef: '',
    serial: '9999000000001234',
    check: '',
    key: '',
    keyDetails: '',
    name: 'Simulated',
    organization: 'Simulated',
    product: 23,
    numberOfCores: 0,
    isExpired: licenseExpired,
    expiredReason: licenseExpired ? 'The license has expired.' : '',
    isBlacklisted: false,
    isInvalid: false,
    isSubscription: true,
    isCloudServices: false,
    isElastic: false,
    updated: CREATED.modifiedDate,
    privileges: ['read', 'update'],
    schemaPath: 'License',
  };
}
