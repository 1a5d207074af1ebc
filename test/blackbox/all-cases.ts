import type { Case } from "./case.ts";
import { afterTheEndCases } from "./cases/after-the-end.ts";
import { answerFramingCases } from "./cases/answer-framing.ts";
import { bodyCases } from "./cases/bodies.ts";
import { chunkTrickCases } from "./cases/chunk-tricks.ts";
import { chunkCases } from "./cases/chunks.ts";
import { connectCases } from "./cases/connect.ts";
import { connectionOptionCases } from "./cases/connection-options.ts";
import { contentLengthCases } from "./cases/content-length.ts";
import { cookieLookupCases } from "./cases/cookie-lookup.ts";
import { cookieValueCases } from "./cases/cookie-values.ts";
import { deadBackendCases } from "./cases/dead-backends.ts";
import { earlyAnswerCases } from "./cases/early-answers.ts";
import { expectationCases } from "./cases/expectations.ts";
import { fieldNameCases } from "./cases/field-names.ts";
import { fieldValueCases } from "./cases/field-values.ts";
import { foldCases } from "./cases/folds.ts";
import { h2cCases } from "./cases/h2c.ts";
import { halfClosedCases } from "./cases/half-closed.ts";
import { headEndCases } from "./cases/head-end.ts";
import { hostCases } from "./cases/hosts.ts";
import { interimAnswerCases } from "./cases/interim-answers.ts";
import { limitCases } from "./cases/limits.ts";
import { oldClientCases } from "./cases/old-clients.ts";
import { oneLengthCases } from "./cases/one-length.ts";
import { ownAnswerCases } from "./cases/own-answers.ts";
import { pipeliningCases } from "./cases/pipelining.ts";
import { poolHygieneCases } from "./cases/pool-hygiene.ts";
import { requestLineCases } from "./cases/request-lines.ts";
import { requestTargetCases } from "./cases/request-targets.ts";
import { setCookieCases } from "./cases/set-cookie.ts";
import { statusLineCases } from "./cases/status-lines.ts";
import { timeoutCases } from "./cases/timeouts.ts";
import { transferEncodingCases } from "./cases/transfer-encoding.ts";
import { truncatedCases } from "./cases/truncated.ts";
import { upgradeCases } from "./cases/upgrades.ts";

/** Every case, in the order of the rules. */
export function allCases(): readonly Case[] {
  return [
    ...oneLengthCases(),
    ...contentLengthCases(),
    ...transferEncodingCases(),
    ...fieldNameCases(),
    ...fieldValueCases(),
    ...headEndCases(),
    ...foldCases(),
    ...chunkCases(),
    ...chunkTrickCases(),
    ...bodyCases(),
    ...earlyAnswerCases(),
    ...poolHygieneCases(),
    ...answerFramingCases(),
    ...statusLineCases(),
    ...truncatedCases(),
    ...upgradeCases(),
    ...h2cCases(),
    ...connectCases(),
    ...hostCases(),
    ...requestLineCases(),
    ...requestTargetCases(),
    ...oldClientCases(),
    ...pipeliningCases(),
    ...connectionOptionCases(),
    ...afterTheEndCases(),
    ...expectationCases(),
    ...interimAnswerCases(),
    ...limitCases(),
    ...timeoutCases(),
    ...deadBackendCases(),
    ...cookieLookupCases(),
    ...cookieValueCases(),
    ...setCookieCases(),
    ...ownAnswerCases(),
    ...halfClosedCases(),
  ];
}
