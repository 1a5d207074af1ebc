import { createServer, type Server } from "node:http";
import express from "express";

/** What an application knows of its client. */
export interface Reflection {
  readonly server: string;
  /** As express finds it, for an application that trusts its proxies and nobody else. */
  readonly ip: string;
  readonly protocol: string;
  readonly host: string;
  /** The headers as they came; empty when they are missing. */
  readonly xForwardedFor: string;
  readonly forwarded: string;
}

/** An application on express that says what it knows of the client. Trusts 127.0.0.1, where all proxies are. */
export function mirrorApp(id: string): Server {
  const app = express();
  app.set("trust proxy", "127.0.0.1");
  app.use((request, response) => {
    const { headers } = request;
    const reflection: Reflection = {
      server: id,
      ip: request.ip ?? "",
      protocol: request.protocol,
      host: request.host,
      xForwardedFor: String(headers["x-forwarded-for"] ?? ""),
      forwarded: headers.forwarded ?? "",
    };
    response.json(reflection);
  });
  return createServer(app);
}
