/**
 * What we use of drizzle-orm, in its CommonJS form. Node reads a package's whole manifest anew for each ES module of it
 * (nodejs/node#58126), and this one's is 180 kB beside a hundred modules: half a second of every start.
 */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const orm = require('drizzle-orm') as typeof import('drizzle-orm');
const core = require('drizzle-orm/pg-core') as typeof import('drizzle-orm/pg-core');
const pool = require('drizzle-orm/node-postgres') as typeof import('drizzle-orm/node-postgres');
const migrator =
  require('drizzle-orm/node-postgres/migrator') as typeof import('drizzle-orm/node-postgres/migrator');
const files = require('drizzle-orm/migrator') as typeof import('drizzle-orm/migrator');

export const {
  and,
  asc,
  between,
  count,
  desc,
  eq,
  exists,
  getTableColumns,
  gt,
  gte,
  ilike,
  inArray,
  isNotNull,
  isNull,
  like,
  lt,
  lte,
  max,
  ne,
  notExists,
  notInArray,
  or,
  sql,
  sum,
} = orm;

export const {
  bigint,
  boolean,
  check,
  customType,
  date,
  doublePrecision,
  getTableConfig,
  index,
  integer,
  json,
  pgTable,
  primaryKey,
  smallint,
  text,
  unique,
  uniqueIndex,
} = core;

export const { drizzle } = pool;
export const { migrate } = migrator;
export const { readMigrationFiles } = files;
