// The little of the untyped package `http_ece` that the tests use.

declare module 'http_ece' {
  type Parameters = {
    readonly version: 'aes128gcm';
    readonly key: Buffer;
    readonly rs?: number;
    readonly salt?: Buffer;
    readonly pad?: number;
  };
  const ece: {
    encrypt(content: Buffer, parameters: Parameters): Buffer;
    decrypt(body: Buffer, parameters: Parameters): Buffer;
  };
  export default ece;
}
