import { expect } from "chai";
import { isConnectionLogin, offersConnectionLogin } from "../../../src/http/connection-login.ts";
import { latin1 } from "../../support/http-messages.ts";

function ask(of: (bytes: Buffer, from: number, to: number) => boolean, value: string): boolean {
  return of(latin1(`<${value}>`), 1, 1 + value.length);
}

describe("logins of a connection", () => {
  for (const value of ["NTLM", "ntlm TlRMTVNTUAAB", "Negotiate", "NEGOTIATE YII=", "NTLM\tx"]) {
    it(`Authorization: ${JSON.stringify(value)} is one`, () => {
      expect(ask(isConnectionLogin, value)).to.equal(true);
    });
  }

  for (const value of ["", "NTL", "NTLMv9 x", "Negotiated x", "Basic NTLM", "Bearer Negotiate", "Digest realm=NTLM"]) {
    it(`Authorization: ${JSON.stringify(value)} is none`, () => {
      expect(ask(isConnectionLogin, value)).to.equal(false);
    });
  }

  for (const value of [
    "NTLM",
    "Negotiate, NTLM",
    'Basic realm="x",ntlm',
    "Negotiate YII=",
    'Digest a="b, c" ,\tNTLM',
  ]) {
    it(`a challenge ${JSON.stringify(value)} asks for one`, () => {
      expect(ask(offersConnectionLogin, value)).to.equal(true);
    });
  }

  for (const value of ["", "Basic realm=ntlm", 'Basic realm="negotiate"', "Bearer", "NTLMv9", "x-ntlm"]) {
    it(`a challenge ${JSON.stringify(value)} does not`, () => {
      expect(ask(offersConnectionLogin, value)).to.equal(false);
    });
  }
});
