/** Fields that every full record starts with. */
export const CREATED = {
  createdDate: '2023-02-01T08:00:00.000Z',
  modifiedDate: '2025-10-10T08:00:00.000Z',
  modifiedByUserName: 'INTERNAL\\sa_repository',
} as const;
