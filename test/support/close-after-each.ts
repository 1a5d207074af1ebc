/** Ends something that a test began. */
export type Closing = () => unknown;

/** Takes what has to be ended after the present test, whatever its outcome. */
export type Later = (close: Closing) => void;

/** For a `describe`: what tests hand in is ended after each of them, the last first. */
export function closeAfterEach(): Later {
  const pending: Closing[] = [];
  afterEach(async () => {
    for (let close = pending.pop(); close !== undefined; close = pending.pop()) await close();
  });
  return (close) => pending.push(close);
}
