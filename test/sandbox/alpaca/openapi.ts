import { readFileSync } from 'node:fs';

import type { ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { Ajv2020 } from 'ajv/dist/2020.js';

import type { Loose } from './a-stand-in.ts';

type Schema = { [key: string]: unknown };

/** Alpaca's specification requires almost nothing; these keys were in every real reply. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  Order: keys(`asset_class asset_id canceled_at client_order_id created_at expired_at expires_at
    extended_hours failed_at filled_at filled_avg_price filled_qty hwm id legs limit_price notional
    order_class order_type position_intent qty replaced_at replaced_by replaces side source status
    stop_price submitted_at subtag symbol time_in_force trail_percent trail_price type updated_at`),
  Account: keys(`id account_number status currency cash equity last_equity buying_power
    regt_buying_power effective_buying_power non_marginable_buying_power multiplier initial_margin
    maintenance_margin last_maintenance_margin long_market_value short_market_value
    position_market_value sma trading_blocked account_blocked trade_suspended_by_user
    shorting_enabled balance_asof intraday_adjustments pending_reg_taf_fees admin_configurations
    user_configurations created_at`),
  Position: keys(`asset_id symbol exchange asset_class asset_marginable qty qty_available
    avg_entry_price side market_value cost_basis unrealized_pl unrealized_plpc
    unrealized_intraday_pl unrealized_intraday_plpc current_price lastday_price change_today`),
};

function keys(text: string): readonly string[] {
  return text.split(/\s+/);
}

const FORMATS = ['decimal', 'double', 'int64', 'uint32', 'uint64'];

/** Checks replies against the schema of a path, method and status of one of Alpaca's own OpenAPI files. */
export function readSpec(path: string) {
  const spec = convert(JSON.parse(readFileSync(path, 'utf8'))) as Loose;
  for (const [name, required] of Object.entries(REQUIRED)) {
    const schema = spec.components.schemas[name];
    if (schema) schema.required = [...new Set([...(schema.required ?? []), ...required])];
  }
  const legs = spec.components.schemas.OrderLeg;
  if (legs) legs.required = REQUIRED['Order'];
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  for (const format of FORMATS) ajv.addFormat(format, true);
  ajv.addSchema(spec, 'spec');
  const compiled = new Map<string, ValidateFunction>();
  return (method: string, specPath: string, status: number, body: unknown): string[] => {
    const pointer = [
      'paths',
      specPath,
      method,
      'responses',
      status,
      'content',
      'application/json',
      'schema',
    ]
      .map((part) => encodeURIComponent(String(part).replaceAll('~', '~0').replaceAll('/', '~1')))
      .join('/');
    const validate = compiled.get(pointer) ?? ajv.compile({ $ref: `spec#/${pointer}` });
    compiled.set(pointer, validate);
    validate(body);
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  };
}

/** OpenAPI 3.0 says `nullable` where JSON Schema has a type of its own. */
function convert(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(convert);
  if (typeof value !== 'object' || value === null) return value;
  const { nullable, ...rest } = value as Schema;
  const schema = Object.fromEntries(
    Object.entries(rest).map(([key, inner]) => [
      key,
      key === 'example' ? undefined : convert(inner),
    ]),
  );
  return nullable === true ? { anyOf: [schema, { type: 'null' }] } : schema;
}
