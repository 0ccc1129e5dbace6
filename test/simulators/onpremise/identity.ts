/** Who somebody is to Qlik. */
export interface Identity {
  readonly userDirectory: string;
  readonly userId: string;
}

/** Whether two identities are the same; Qlik compares both parts without case. */
export function sameIdentity(one: Identity, other: Identity): boolean {
  return (
    one.userDirectory.toLowerCase() === other.userDirectory.toLowerCase() &&
    one.userId.toLowerCase() === other.userId.toLowerCase()
  );
}

/** Reads `X-Qlik-User: UserDirectory=CORP; UserId=svc_kpi` (space optional, values percent-encoded). Undefined if malformed. */
export function parseQlikUser(header: string): Identity | undefined {
  const match = /^UserDirectory=(?<userDirectory>[^;]+); ?UserId=(?<userId>[^;]+)$/i.exec(header.trim());
  const { userDirectory, userId } = match?.groups ?? {};
  if (userDirectory === undefined || userId === undefined) {
    return undefined;
  }
  try {
    return { userDirectory: decodeURIComponent(userDirectory), userId: decodeURIComponent(userId) };
  } catch {
    return undefined;
  }
}
