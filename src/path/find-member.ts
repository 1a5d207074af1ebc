import type { BackendId } from "../model/backend.ts";
import type { ClusterSnapshot, Member } from "../model/snapshot.ts";

/**
 * The member with this id, whatever its tier and state; undefined when there is none. A binary search, since members are
 * sorted by id: nothing is allocated and nothing has to be kept per snapshot.
 */
export function findMember(snapshot: ClusterSnapshot, id: BackendId): Member | undefined {
  const { members } = snapshot;
  let from = 0;
  let to = members.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    const member = members[middle];
    if (member === undefined || member.backend.id === id) return member;
    if (member.backend.id < id) from = middle + 1;
    else to = middle;
  }
  return undefined;
}
