//! One file for each operation: `impl Execute<PutItem> for Engine<S>`.

mod batch_get_item;
mod batch_write_item;
mod binding;
mod create_table;
mod delete_item;
mod delete_table;
mod describe_table;
mod get_item;
mod list_tables;
mod put_item;
mod query;
mod scan;
mod transact_get_items;
mod transact_write_items;
mod update_item;
mod write_output;
