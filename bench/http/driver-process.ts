import { serveDriver } from "../support/serve-driver.ts";
import { measure } from "./measure.ts";
import { WORKLOADS } from "./workloads.ts";

serveDriver(WORKLOADS, measure);
