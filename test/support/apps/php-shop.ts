import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Launched, launch } from "../launch.ts";
import type { Listed } from "./http-balancer.ts";

/** The cookie of PHP's sessions (session.name). */
export const PHPSESSID = "PHPSESSID";

/** A shop on PHP's built-in server. The caller stops it. */
export interface PhpShop extends Listed {
  readonly id: string;
  readonly process: Launched;
}

/** The cart is in `$_SESSION`, which PHP keeps in files of this server alone. */
const SCRIPT = `<?php
session_start();
[, $verb, $item] = array_pad(explode('/', $_SERVER['REQUEST_URI']), 3, '');
if ($verb === 'add') $_SESSION['items'][] = $item;
header('Content-Type: application/json');
echo json_encode([
  'server' => getenv('SHOP'),
  'items' => $_SESSION['items'] ?? [],
  'cookie' => $_SERVER['HTTP_COOKIE'] ?? '',
]);
`;

/** @param program the path of php, from `requireProgram` */
export async function startPhpShop(program: string, id: string): Promise<PhpShop> {
  const process = await launch("127.0.0.1", (port, folder) => {
    const script = join(folder, "shop.php");
    const sessions = join(folder, "sessions");
    writeFileSync(script, SCRIPT);
    mkdirSync(sessions);
    const settings = ["-d", `session.save_path=${sessions}`, "-d", "session.save_handler=files"];
    // -n: no php.ini, so that the defaults of PHP count.
    const args = ["-n", ...settings, "-S", `127.0.0.1:${port}`, script];
    return { command: program, args, environment: { ...globalThis.process.env, SHOP: id } };
  });
  return { id, process, setting: (...options) => [`${id}=127.0.0.1:${process.port}`, ...options].join(";") };
}
