import { expect } from "chai";
import * as library from "../../src/index.ts";
import { repositoryText } from "../support/repository.ts";

const manifest = JSON.parse(repositoryText("package.json")) as {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly scripts: Readonly<Record<string, string>>;
};

describe("the package", () => {
  it("depends on nothing without a written reason", () => {
    const reasons = repositoryText("docs/decisions/0003-dependencies.md");
    const unexplained = Object.keys(manifest.dependencies).filter((name) => !reasons.includes(`\`${name}\``));
    expect(Object.keys(manifest.dependencies).length).to.be.greaterThan(3);
    expect(unexplained).to.deep.equal([]);
  });

  it("names no download host in the lock file", () => {
    expect(repositoryText("package-lock.json")).to.not.match(/"resolved": *"https?:/);
  });

  it("has a changelog that speaks of this version or of the next", () => {
    const first = /^## \[([^\]]+)\]/m.exec(repositoryText("CHANGELOG.md"))?.[1];
    expect(first).to.be.oneOf(["Unreleased", manifest.version]);
  });

  it("exports exactly what is documented as public", () => {
    expect(Object.keys(library).sort()).to.deep.equal([
      "ConfigError",
      "HeavyHitters",
      "InvariantError",
      "ListenError",
      "LoadOverTime",
      "StickinessMeter",
      "addressBytes",
      "addressFloor",
      "buildPopulation",
      "buildTable",
      "builtInPopulations",
      "clientKey",
      "comparedPolicies",
      "concentration",
      "createBalancer",
      "createPolicyBalancer",
      "createTimePlan",
      "decodeProxyHeader",
      "defaultPlacementStudyOptions",
      "defaultPolicyOptions",
      "defaultReadLogOptions",
      "defaultTableOptions",
      "encodeProxyV1",
      "encodeProxyV2",
      "evenness",
      "heaviestBackendLoad",
      "keyHash",
      "leastOverflow",
      "movedShare",
      "populationOfLog",
      "readConfiguration",
      "readLog",
      "readLogFile",
      "readPopulationPlan",
      "remap",
      "simulateTime",
      "studyPlacement",
      "theoreticalCv",
    ]);
  });

  it("has every npm script that the documents mention", () => {
    const documents = ["README.md", "bench/README.md", ".ci/run", "CHANGELOG.md", "src/README.md"];
    const mentioned = documents.flatMap((path) =>
      [...repositoryText(path).matchAll(/npm run ([a-z][a-z:-]*)/g)].map(([, name]) => name ?? ""),
    );
    expect(mentioned.length).to.be.greaterThan(3);
    expect([...new Set(mentioned)].filter((name) => !(name in manifest.scripts))).to.deep.equal([]);
  });
});
