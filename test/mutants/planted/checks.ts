import type { Mutant } from '../mutant.ts';

const FAULTS = 'test/integration/qlik/faults.test.ts';
const SIGN_IN = 'test/integration/qlik/sign-in.test.ts';

/** Checks that look and do not see. */
export const CHECKS: readonly Mutant[] = [
  {
    name: 'the role is looked for, and its absence ignored',
    file: 'qlik/onpremise/checks.ts',
    find: `throw repository.session.failure('MissingRole', `,
    replace: `void repository.session.failure('MissingRole', `,
    testFile: FAULTS,
    tests: ['each fault shows in one check {"noRootAdmin":true}'],
  },
  {
    name: 'the count of apps is not compared, so that filtered lists pass',
    file: 'qlik/onpremise/checks.ts',
    find: `return (await repository.appCount(serviceAccount)) >= all;`,
    replace: `return (await repository.appCount(serviceAccount)) <= all;`,
    testFile: 'test/integration/server/scenarios.test.ts',
    tests: ['on-premise 19 the user has the role, but its lists'],
  },
  {
    name: 'an inactive user passes',
    file: 'qlik/onpremise/checks.ts',
    find: `return user.inactive ? 'inactive' : undefined;`,
    replace: `return undefined;`,
    testFile: FAULTS,
    tests: ['each fault shows in one check {"userInactive":true}'],
  },
  {
    name: 'a problem in the configuration of the virtual proxy is ignored',
    file: 'qlik/onpremise/checks.ts',
    find: `const problem = configurationProblem(facts, context.repository.session.address);`,
    replace: `const problem = undefined as ReturnType<typeof configurationProblem>;`,
    testFile: FAULTS,
    tests: ['each fault shows in one check {"virtualProxyUnlinked":true}'],
  },
  {
    name: 'a proxy service that is down counts as running',
    file: 'qlik/onpremise/virtual-proxy.ts',
    find: `return status === undefined || status.serviceState === RUNNING;`,
    replace: `return status === undefined || status.serviceState >= 0;`,
    testFile: 'src/qlik/onpremise/virtual-proxy.test.ts',
    tests: ['configurationProblem its proxy is down'],
  },
  {
    name: 'an about page of anything is taken for the one of the repository',
    file: 'qlik/onpremise/repository.ts',
    find: `schemaPath: z.literal('About')`,
    replace: `schemaPath: z.string().default('About')`,
    testFile: 'test/integration/qlik/fuzz.test.ts',
    tests: ['a site whose answer may be anything (FUZZ_RUNS=… is how many each) JSON of something else'],
  },
  {
    name: 'a page with status 200 is taken for JSON',
    file: 'qlik/onpremise/json.ts',
    find: ` || !isJson) throw`,
    replace: `) throw`,
    testFile: FAULTS,
    tests: ['each fault shows in one check {"redeemStatus":200}'],
  },
  {
    name: 'a check whose need has failed is made all the same',
    file: 'qlik/steps.ts',
    find: `return outcome?.kind === 'passed' ? undefined : needs;`,
    replace: `return undefined;`,
    testFile: 'src/qlik/steps.test.ts',
    tests: ['a need that is failed is not met'],
  },
  {
    name: 'the session of a sign-in is left open',
    file: 'qlik/onpremise/proxy.ts',
    find: `if (cookies.length > 0) await this.#signOut(cookies.join('; '));`,
    replace: `void this.#signOut;`,
    testFile: SIGN_IN,
    tests: ['a sign-in opens one session and ends it'],
  },
  {
    name: 'the session of a sign-in that fails is left open',
    file: 'qlik/onpremise/proxy.ts',
    find: `if (cookies.length > 0) await`,
    replace: `if (cookies.length > 0 && response.status === 200) await`,
    testFile: SIGN_IN,
    tests: ['a sign-in leaves no session behind a failing answer'],
  },
  {
    name: 'the last session that a user may have is taken',
    file: 'qlik/onpremise/sign-in.ts',
    find: `if (open >= SESSIONS_LEFT_ALONE) {`,
    replace: `if (open > SESSIONS_LEFT_ALONE) {`,
    testFile: SIGN_IN,
    tests: ['a sign-in takes no session where three are open'],
  },
];
