import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Launched, launch } from "../launch.ts";
import { isContinuousIntegration, requireProgram } from "../require-program.ts";
import type { Listed } from "./http-balancer.ts";

/** Where Debian puts it (package tomcat10-common). */
const HOME = "/usr/share/tomcat10";
const JARS = [join(HOME, "bin/bootstrap.jar"), join(HOME, "bin/tomcat-juli.jar")];

/** One engine of a Tomcat: a server with sessions of its own, and its name behind every session id. */
export interface TomcatEngine extends Listed {
  /** Its jvmRoute. */
  readonly route: string;
}

/** One Java process with an engine for each route; requests that come early wait for it. The caller stops it. */
export interface Tomcat {
  readonly engines: readonly TomcatEngine[];
  readonly process: Launched;
}

/** The path of java, when Tomcat is there as well; else as `requireProgram`. */
export function requireTomcat(context: Mocha.Context): string {
  const java = requireProgram(context, "java");
  if (JARS.every((jar) => existsSync(jar))) return java;
  if (isContinuousIntegration())
    throw new Error("tomcat10-common is not installed, and CI=true allows no skipped test");
  process.stdout.write("    skipped: tomcat10-common is not installed\n");
  return context.skip();
}

/** The shop of these tests; `encodeURL` puts the session id into the path where the client sent no cookie. */
const CART = `<%@ page contentType="application/json" import="java.util.*" %><%
  String[] path = request.getRequestURI().replaceFirst(";.*", "").split("/");
  List<String> items = (List<String>) session.getAttribute("items");
  if (items == null) session.setAttribute("items", items = new ArrayList<>());
  if (path.length > 2) items.add(path[2]);
  String cookie = request.getHeader("Cookie");
%>{ "server": "<%= getServletContext().getInitParameter("route") %>",
  "items": [<%= items.isEmpty() ? "" : '"' + String.join("\\",\\"", items) + '"' %>],
  "link": "<%= response.encodeURL("/cart") %>",
  "cookie": "<%= cookie == null ? "" : cookie %>" }`;

const WEB = `<?xml version="1.0"?>
<web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="5.0" metadata-complete="true">
  <servlet>
    <servlet-name>shop</servlet-name>
    <jsp-file>/shop.jsp</jsp-file>
    <load-on-startup>1</load-on-startup>
  </servlet>
  <servlet-mapping>
    <servlet-name>shop</servlet-name>
    <url-pattern>/</url-pattern>
  </servlet-mapping>
</web-app>
`;

/** Only what the shop needs of Tomcat's own web.xml: the compiler of JSP pages. */
const JSP = `<?xml version="1.0"?>
<web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="5.0">
  <servlet>
    <servlet-name>jsp</servlet-name>
    <servlet-class>org.apache.jasper.servlet.JspServlet</servlet-class>
  </servlet>
  <servlet-mapping>
    <servlet-name>jsp</servlet-name>
    <url-pattern>*.jsp</url-pattern>
  </servlet-mapping>
</web-app>
`;

/** @param java from `requireTomcat` */
export async function startTomcat(java: string, routes: readonly string[]): Promise<Tomcat> {
  const process = await launch("127.0.0.1", (port, folder) => {
    const write = (path: string, text: string): void => {
      mkdirSync(join(folder, path, ".."), { recursive: true });
      writeFileSync(join(folder, path), text);
    };
    for (const name of ["temp", "logs", "work"]) mkdirSync(join(folder, name));
    write("conf/server.xml", serverXml(routes, port));
    write("conf/web.xml", JSP);
    for (const route of routes) {
      write(`${route}/ROOT/WEB-INF/web.xml`, WEB);
      write(`${route}/ROOT/META-INF/context.xml`, `<Context><Parameter name="route" value="${route}"/></Context>`);
      write(`${route}/ROOT/shop.jsp`, CART);
    }
    // What makes a short life short: no second compiler, no archive checks, /dev/urandom.
    const options = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Xmx128m"];
    const properties = [
      `-Dcatalina.home=${HOME}`,
      `-Dcatalina.base=${folder}`,
      `-Djava.io.tmpdir=${folder}/temp`,
      "-Dorg.apache.catalina.startup.EXIT_ON_INIT_FAILURE=true",
    ];
    const main = ["-cp", JARS.join(":"), "org.apache.catalina.startup.Bootstrap", "start"];
    return { command: java, args: [...options, ...properties, ...main] };
  });
  const engines = routes.map((route, i) => ({
    route,
    setting: (...options: readonly string[]) =>
      [`${route}=127.0.0.1:${portOf(routes, i, process.port)}`, ...options].join(";"),
  }));
  return { engines, process };
}

/** The services come up in order; the last one, at `port` itself, tells that all of them have their ports. */
function serverXml(routes: readonly string[], port: number): string {
  const services = routes.map(
    (route, i) => `
  <Service name="${route}">
    <Connector address="127.0.0.1" port="${portOf(routes, i, port)}" maxThreads="10" minSpareThreads="1"/>
    <Engine name="${route}" defaultHost="localhost" jvmRoute="${route}">
      <Host name="localhost" appBase="${route}"/>
    </Engine>
  </Service>`,
  );
  return `<Server port="-1">${services.join("")}\n</Server>\n`;
}

/** Neighbours of `port`. When one is taken, Tomcat ends, and `launch` tries others. */
function portOf(routes: readonly string[], index: number, port: number): number {
  return port + routes.length - 1 - index;
}
