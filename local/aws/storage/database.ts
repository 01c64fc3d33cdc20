import { DatabaseSync } from 'node:sqlite';

// Keys are BLOBs, so that SQLite orders them as S3 does: by their UTF-8 bytes.
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS buckets (name TEXT PRIMARY KEY, created_ms INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS objects (bucket TEXT, key BLOB, record TEXT NOT NULL, PRIMARY KEY (bucket, key)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS bucket_settings (name TEXT PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS versions (bucket TEXT, key BLOB, number INTEGER, record TEXT NOT NULL, PRIMARY KEY (bucket, key, number)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS uploads (bucket TEXT, key BLOB, id TEXT, record TEXT NOT NULL, PRIMARY KEY (bucket, key, id)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS parts (upload_id TEXT, number INTEGER, record TEXT NOT NULL, PRIMARY KEY (upload_id, number)) WITHOUT ROWID;
`;

/**
 * Opens the records' database, for one process at a time. Each statement is a transaction of its own, and what is committed survives
 * the end of the process, however sudden.
 */
export function openDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
  database.exec(SCHEMA);
  return database;
}

/** Runs `change` as one transaction: all of it is committed, or none. */
export function inTransaction<T>(database: DatabaseSync, change: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = change();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}
