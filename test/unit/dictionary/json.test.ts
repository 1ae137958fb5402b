// JSON against the grammar of RFC 8259, in cases named as a well-known suite of such cases names its own: y_ is read, n_ is
// refused, i_ is left open by the RFC and decided here.

import assert from 'node:assert/strict';

import { jsonFormat } from '../../../src/core/dictionary/formats/json.ts';
import type { DictionaryValue } from '../../../src/core/dictionary/value.ts';
import { mapOf } from './support.ts';

function decode(text: string): DictionaryValue {
  return jsonFormat.decode(new TextEncoder().encode(text));
}

const read: readonly (readonly [name: string, text: string, value: DictionaryValue])[] = [
  ['y_array_empty', '[]', []],
  ['y_array_with_spaces', ' [ 1 , 2 ] ', [1n, 2n]],
  ['y_array_null', '[null,true,false]', [null, true, false]],
  ['y_object_empty', '{}', mapOf()],
  ['y_object_empty_key', '{"":0}', mapOf(['', 0n])],
  ['y_object_escaped_nul_in_key', '{"a\\u0000b":1}', mapOf(['a\0b', 1n])],
  ['y_object_proto_key', '{"__proto__":1,"constructor":2}', mapOf(['__proto__', 1n], ['constructor', 2n])],
  ['y_object_same_text_other_case', '{"a":1,"A":2}', mapOf(['a', 1n], ['A', 2n])],
  ['y_structure_lonely_string', '"a"', 'a'],
  ['y_structure_lonely_number', '42', 42n],
  ['y_structure_lonely_null', 'null', null],
  ['y_structure_whitespace', '\t\n\r [1]\r\n', [1n]],
  ['y_number_zero', '[0]', [0n]],
  ['y_number_minus_zero', '[-0]', [-0]],
  ['y_number_minus_zero_double', '[-0.0]', [-0]],
  ['y_number_fraction', '[1.0]', [1]],
  ['y_number_exponent', '[1e2,1E+2,1e-2]', [100, 100, 0.01]],
  ['y_number_fraction_exponent', '[123.456e78]', [123.456e78]],
  ['y_number_beyond_2_53', '[9007199254740993]', [9007199254740993n]],
  ['y_number_negative_big', '[-123456789012345678901234567890]', [-123456789012345678901234567890n]],
  ['y_number_subnormal', '[5e-324]', [5e-324]],
  ['y_string_escapes', '["\\"\\\\\\/\\b\\f\\n\\r\\t"]', ['"\\/\b\f\n\r\t']],
  ['y_string_unicode_escape', '["\\u00e9\\u20ac"]', ['é€']],
  ['y_string_surrogate_pair', '["\\uD83D\\uDE00"]', ['😀']],
  ['y_string_utf8', '["é€😀"]', ['é€😀']],
  ['y_string_del', '["\u007f"]', ['\u007f']],
  ['y_string_u2028', '["\u2028\u2029"]', ['\u2028\u2029']],
  ['y_string_noncharacter', '["\uffff"]', ['\uffff']],
  ['y_string_bom_inside', '["\ufeff"]', ['\ufeff']],
  ['y_string_escaped_nul', '["\\u0000"]', ['\0']],
  ['y_string_space', '[" "]', [' ']],
  ['y_array_several', '[1,[2,{"a":[3]}]]', [1n, [2n, mapOf(['a', [3n]])]]],
  // What RFC 8259 leaves open and Ferry takes.
  ['i_number_underflow_becomes_zero', '[1e-400]', [0]],
  ['i_number_more_digits_than_a_double', '[0.10000000000000000000000001]', [0.1]],
];

const refused: readonly (readonly [name: string, text: string, offset: number])[] = [
  ['n_structure_no_data', '', 0],
  ['n_structure_whitespace_alone', ' \n', 2],
  ['n_structure_two_values', '[1][2]', 3],
  ['n_structure_trailing_text', '{} x', 3],
  ['n_structure_comment', '{/* */}', 1],
  ['n_structure_line_comment', '[1] // x', 4],
  ['n_structure_open_array', '[', 1],
  ['n_structure_open_object', '{"a":1', 6],
  ['n_structure_close_alone', ']', 0],
  ['n_structure_angle_brackets', '<null>', 0],
  ['n_structure_capital_true', '[True]', 1],
  ['n_structure_word', '[nul]', 1],
  ['n_structure_undefined', '[undefined]', 1],
  ['n_structure_no_break_space', '[\u00a01]', 1],
  ['n_structure_form_feed', '[\f1]', 1],
  ['n_structure_nul_after', '[]\0', 2],
  ['n_array_trailing_comma', '[1,]', 3],
  ['n_array_leading_comma', '[,1]', 1],
  ['n_array_double_comma', '[1,,2]', 3],
  ['n_array_missing_comma', '[1 2]', 3],
  ['n_array_colon', '["a":1]', 4],
  ['n_object_trailing_comma', '{"a":1,}', 7],
  ['n_object_missing_value', '{"a":}', 5],
  ['n_object_missing_colon', '{"a" 1}', 5],
  ['n_object_unquoted_key', '{a:1}', 1],
  ['n_object_number_key', '{1:1}', 1],
  ['n_object_single_quotes', "{'a':1}", 1],
  ['n_object_double_colon', '{"a"::1}', 5],
  ['n_object_key_twice', '{"a":1,"a":2}', 7],
  ['n_object_key_twice_escaped', '{"a":1,"\\u0061":2}', 7],
  ['n_number_plus', '[+1]', 1],
  ['n_number_leading_zero', '[01]', 2],
  ['n_number_minus_leading_zero', '[-01]', 3],
  ['n_number_point_first', '[.5]', 1],
  ['n_number_point_last', '[1.]', 2],
  ['n_number_no_exponent', '[1e]', 2],
  ['n_number_hex', '[0x1]', 2],
  ['n_number_nan', '[NaN]', 1],
  ['n_number_infinity', '[Infinity]', 1],
  ['n_number_minus_alone', '[-]', 1],
  ['n_number_separator', '[1_000]', 2],
  ['n_number_bigint_suffix', '[1n]', 2],
  ['n_string_single_quote', "['a']", 1],
  ['n_string_open', '["a', 3],
  ['n_string_open_escape', '["\\', 3],
  ['n_string_unknown_escape', '["\\x41"]', 3],
  ['n_string_short_unicode_escape', '["\\u00A"]', 3],
  ['n_string_capital_u', '["\\U0041"]', 3],
  ['n_string_raw_tab', '["\t"]', 2],
  ['n_string_raw_newline', '["\n"]', 2],
  ['n_string_raw_nul', '["\0"]', 2],
  ['n_string_escaped_surrogate_first_half', '["\\ud800"]', 1],
  ['n_string_escaped_surrogate_second_half', '["\\udc00"]', 1],
  ['n_string_escaped_surrogates_reversed', '["\\ude00\\ud83d"]', 1],
  ['n_object_escaped_proto_name', '{"toString":1,"toStrin\\u0067":2}', 14],
  // What RFC 8259 leaves open and Ferry refuses.
  ['i_structure_byte_order_mark', '\ufeff[]', 0],
];

describe('JSON as RFC 8259 has it', () => {
  for (const [name, text, value] of read) {
    it(name, () => assert.deepStrictEqual(decode(text), value));
  }
  for (const [name, text, offset] of refused) {
    it(name, () => {
      assert.throws(() => decode(text), { code: 'ERR_DICTIONARY_INVALID', detail: { format: 'json', offset } });
    });
  }

  it('i_number_beyond_doubles', () => {
    assert.throws(() => decode('[1e400]'), { code: 'ERR_DICTIONARY_VALUE_UNSUPPORTED', detail: { format: 'json', offset: 1 } });
  });

  it('counts the offset in bytes, not in characters', () => {
    assert.throws(() => decode('["é😀",x]'), { detail: { format: 'json', offset: 10 } });
  });

  for (const [name, bytes, offset] of [
    ['n_utf8_lone_continuation', [0x5b, 0x22, 0x80, 0x22, 0x5d], 2],
    ['n_utf8_overlong_slash', [0x5b, 0x22, 0xc0, 0xaf, 0x22, 0x5d], 2],
    ['n_utf8_encoded_surrogate', [0x5b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x5d], 2],
    ['n_utf8_beyond_unicode', [0x5b, 0x22, 0xf4, 0x90, 0x80, 0x80, 0x22, 0x5d], 2],
    ['n_utf8_cut_short', [0x5b, 0x22, 0xe2, 0x82], 2],
    ['n_utf16_little_endian', [0xff, 0xfe, 0x5b, 0x00, 0x5d, 0x00], 0],
    ['n_latin1', [0x5b, 0x22, 0x61, 0xe9, 0x22, 0x5d], 3],
  ] satisfies [string, number[], number][]) {
    it(name, () => {
      assert.throws(() => jsonFormat.decode(Uint8Array.from(bytes)), {
        code: 'ERR_DICTIONARY_INVALID',
        detail: { format: 'json', offset },
      });
    });
  }

  it('writes doubles with a fraction, integers without, and nothing that needs no escape', () => {
    const value = mapOf(['a', 1n], ['b', 1], ['c', -0], ['d', 1e21], ['é', '\u2028"\\\u001b']);
    assert.equal(
      new TextDecoder().decode(jsonFormat.encode(value)),
      '{"a":1,"b":1.0,"c":-0.0,"d":1.0e+21,"é":"\u2028\\"\\\\\\u001b"}',
    );
  });
});
