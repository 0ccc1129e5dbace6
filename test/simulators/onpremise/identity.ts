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

/**
 * Reads `X-Qlik-User: UserDirectory=CORP; UserId=svc_kpi` (space optional, values percent-encoded). Undefined if
 * malformed. With `keepSpace` the space is part of the user id.
 */
export function parseQlikUser(header: string, keepSpace = false): Identity | undefined {
  const pattern = /^UserDirectory=(?<userDirectory>[^;]+);(?<space> ?)UserId=(?<id>[^;]+)$/i;
  const { userDirectory, space = '', id } = pattern.exec(header.trim())?.groups ?? {};
  const userId = id === undefined ? undefined : (keepSpace ? space : '') + id;
  if (userDirectory === undefined || userId === undefined) {
    return undefined;
  }
  try {
    return { userDirectory: decodeURIComponent(userDirectory), userId: decodeURIComponent(userId) };
  } catch {
    return undefined;
  }
}
