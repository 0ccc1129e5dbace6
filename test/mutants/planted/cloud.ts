import type { Mutant } from '../mutant.ts';

const TOKEN = 'src/qlik/cloud/token.test.ts';

/** Tokens that live too long, and clients that are locked out. */
export const CLOUD: readonly Mutant[] = [
  {
    name: 'a page with status 200 is taken for a tenant',
    file: 'qlik/cloud/discovery.ts',
    find: `if (response.status === 200 && metadata.safeParse(parseJson(response)).success) return;`,
    replace: `if (response.status === 200) return;`,
    testFile: 'test/integration/qlik/cloud.test.ts',
    tests: ['each fault shows in one check { html200: true } is ServerReachable: NotQlikCloud'],
  },
  {
    name: 'the budget of rejections is ignored, so that the tenant locks the client out',
    file: 'qlik/cloud/rejections.ts',
    find: `return this.#recent(client).length < LIMIT;`,
    replace: `return this.#recent(client).length >= 0;`,
    testFile: 'src/qlik/cloud/rejections.test.ts',
    tests: ['a client is left alone after four rejections within an hour'],
  },
  {
    name: 'rejections are not counted',
    file: 'qlik/cloud/token.ts',
    find: `if (isRejection(error)) this.#rejections.rejected(client);`,
    replace: `void isRejection(error);`,
    testFile: TOKEN,
    tests: ['rejections are four an hour for one client'],
  },
  {
    name: 'a token is used for as long as it lives, so that a secret that was revoked goes unnoticed',
    file: 'qlik/cloud/token.ts',
    find: `return now - requestedAt < PROOF_AGE && now < expiresAt - EARLY;`,
    replace: `return requestedAt <= now && now < expiresAt - EARLY;`,
    testFile: TOKEN,
    tests: ['a token is kept for half an hour'],
  },
  {
    name: 'a token is used after its secret was replaced',
    file: 'qlik/cloud/token.ts',
    find: `JSON.stringify([clientOf(connection), connection.clientSecret])`,
    replace: `JSON.stringify([clientOf(connection)])`,
    testFile: TOKEN,
    tests: ['a token of another client or secret is not used'],
  },
  {
    name: 'a token is sent wherever the redirect leads',
    file: 'qlik/cloud/user.ts',
    find: `return url.pathname;`,
    replace: `return url.href;`,
    testFile: 'src/qlik/cloud/user.test.ts',
    tests: ['the redirect of users/me to https://elsewhere.example'],
  },
];
