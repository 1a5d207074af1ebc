/** configuration.txt 8.2.3 of HAProxy 2.6, without captures. */
const HTTPLOG =
  /^(?<clientIp>\S+):(?<clientPort>\d+) \[\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d\.\d{3}\] (?<frontend>\S+) (?<backend>[^/ ]+)\/(?<server>\S+) (?<tR>-?\d+)\/(?<tw>-?\d+)\/(?<tc>-?\d+)\/(?<tr>-?\d+)\/(?<ta>\d+) (?<status>-?\d+) (?<bytes>\d+) (?<cookieIn>\S+) (?<cookieOut>\S+) (?<state>\S{4}) (?<actconn>\d+)\/(?<feconn>\d+)\/(?<beconn>\d+)\/(?<srvConn>\d+)\/(?<retries>\+?\d+) (?<srvQueue>\d+)\/(?<backendQueue>\d+) "(?<request>[^"]*)"$/;

/** The columns of a line by name. */
export type Fields = Readonly<Record<string, string>>;

/** The columns of a line, without how long things took: a timer is -1 (not reached) or not. */
export function columns(line: string): Fields {
  const groups = HTTPLOG.exec(line)?.groups;
  if (groups === undefined) throw new Error(`not an httplog line: ${line}`);
  const timers = ["tR", "tw", "tc", "tr", "ta"].map((name) => [
    name,
    groups[name] === "-1" ? "not reached" : "reached",
  ]);
  return { ...groups, ...Object.fromEntries(timers) };
}
