//! The table `items`, as two models with a policy each: a key of two columns that is given, another
//! unique value, a word for deleted rows, a version.

macro_rules! items {
    ($module:ident, $policy:ty) => {
        pub(in super::super) mod $module {
            use bindery_runtime::model::{self, Change, Column, ColumnName, Filter};
            use bindery_runtime::sqlx;

            use super::super::super::backend;
            use super::super::{Main, policy};

            #[derive(Clone, Debug, PartialEq)]
            pub(in super::super::super) struct Item {
                pub(in super::super::super) shelf: i32,
                pub(in super::super::super) code: String,
                pub(in super::super::super) tenant: i64,
                pub(in super::super::super) barcode: Option<String>,
                pub(in super::super::super) amount: i32,
                pub(in super::super::super) author: Option<String>,
                pub(in super::super::super) deleted: bool,
                pub(in super::super::super) version: i64,
            }

            impl Item {
                pub(in super::super::super) const SHELF: Column<Self, i32> =
                    Column::new(ItemColumn::Shelf);
                pub(in super::super::super) const CODE: Column<Self, String> =
                    Column::new(ItemColumn::Code);
                pub(in super::super::super) const TENANT: Column<Self, i64> =
                    Column::new(ItemColumn::Tenant);
                pub(in super::super::super) const BARCODE: Column<Self, String> =
                    Column::new(ItemColumn::Barcode);
                pub(in super::super::super) const AMOUNT: Column<Self, i32> =
                    Column::new(ItemColumn::Amount);
                pub(in super::super::super) const AUTHOR: Column<Self, String> =
                    Column::new(ItemColumn::Author);
                pub(in super::super::super) const DELETED: Column<Self, bool> =
                    Column::new(ItemColumn::Deleted);
                pub(in super::super::super) const VERSION: Column<Self, i64> =
                    Column::new(ItemColumn::Version);
            }

            #[derive(Clone, Debug)]
            pub(in super::super::super) struct NewItem {
                pub(in super::super::super) key: ItemKey,
                pub(in super::super::super) tenant: Option<i64>,
                pub(in super::super::super) author: Option<String>,
            }

            #[derive(Clone, Debug)]
            pub(in super::super::super) struct SaveItem {
                pub(in super::super::super) key: ItemKey,
                pub(in super::super::super) tenant: Change<i64>,
                pub(in super::super::super) barcode: Change<Option<String>>,
                pub(in super::super::super) amount: Change<i32>,
                pub(in super::super::super) author: Change<Option<String>>,
            }

            impl SaveItem {
                pub(in super::super::super) fn new(shelf: i32, code: impl Into<String>) -> Self {
                    Self {
                        key: ItemKey { shelf, code: code.into() },
                        tenant: Change::Keep,
                        barcode: Change::Keep,
                        amount: Change::Keep,
                        author: Change::Keep,
                    }
                }
            }

            #[derive(Clone, Debug, Default)]
            pub(in super::super::super) struct ItemPatch {
                pub(in super::super::super) amount: Change<i32>,
                pub(in super::super::super) deleted: Change<bool>,
                pub(in super::super::super) version: Option<i64>,
            }

            #[derive(Clone, Debug, PartialEq, Eq, Hash)]
            pub(in super::super::super) struct ItemKey {
                pub(in super::super::super) shelf: i32,
                pub(in super::super::super) code: String,
            }

            impl From<(i32, &str)> for ItemKey {
                fn from((shelf, code): (i32, &str)) -> Self {
                    Self { shelf, code: code.to_owned() }
                }
            }

            #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
            pub(in super::super::super) enum ItemColumn {
                Shelf,
                Code,
                Tenant,
                Barcode,
                Amount,
                Author,
                Deleted,
                Version,
            }

            impl ColumnName for ItemColumn {
                type Model = Item;

                const ALL: &'static [Self] = &[
                    Self::Shelf,
                    Self::Code,
                    Self::Tenant,
                    Self::Barcode,
                    Self::Amount,
                    Self::Author,
                    Self::Deleted,
                    Self::Version,
                ];

                fn name(self) -> &'static str {
                    self.sql()
                }

                fn sql(self) -> &'static str {
                    match self {
                        Self::Shelf => "shelf",
                        Self::Code => "code",
                        Self::Tenant => "tenant",
                        Self::Barcode => "barcode",
                        Self::Amount => "amount",
                        Self::Author => "author",
                        Self::Deleted => "deleted",
                        Self::Version => "version",
                    }
                }
            }

            impl model::Model for Item {
                type Bind = Main;
                type Key = ItemKey;
                type New = NewItem;
                type Patch = ItemPatch;
                type Save = SaveItem;
                type Policy = $policy;
                type Column = ItemColumn;

                const TABLE: &'static str = backend::ITEMS;
                const COLUMNS: &'static str =
                    "shelf, code, tenant, barcode, amount, author, deleted, version";
                const KEY: &'static [ItemColumn] = &[ItemColumn::Shelf, ItemColumn::Code];
                const NEW: &'static [ItemColumn] = ItemColumn::ALL;
                const ADD: &'static str = backend::ITEM[0];
                const VIEW: &'static str = backend::ITEM[1];
                const DELETE: &'static str = backend::ITEM[2];
                const COUNTED: Option<ItemColumn> = Some(ItemColumn::Version);

                fn read(row: &model::Fields<'_, Self>) -> Result<Self, sqlx::Error> {
                    Ok(Self {
                        shelf: Self::SHELF.read(row, 0)?,
                        code: Self::CODE.read(row, 1)?,
                        tenant: Self::TENANT.read(row, 2)?,
                        barcode: Self::BARCODE.read_optional(row, 3)?,
                        amount: Self::AMOUNT.read(row, 4)?,
                        author: Self::AUTHOR.read_optional(row, 5)?,
                        deleted: Self::DELETED.read(row, 6)?,
                        version: Self::VERSION.read(row, 7)?,
                    })
                }

                fn key(&self) -> ItemKey {
                    ItemKey { shelf: self.shelf, code: self.code.clone() }
                }

                fn write_key(key: &ItemKey, values: &mut model::Values<Self>) {
                    values.put(Self::SHELF, &key.shelf);
                    values.put(Self::CODE, &key.code);
                }

                fn write_new(new: &NewItem, values: &mut model::Values<Self>) {
                    Self::write_key(&new.key, values);
                    values.put(Self::TENANT, &new.tenant.unwrap_or(0));
                    values.put_optional(Self::BARCODE, None);
                    values.put(Self::AMOUNT, &7);
                    values.put_optional(Self::AUTHOR, new.author.as_ref());
                    values.put(Self::DELETED, &false);
                    values.put(Self::VERSION, &1);
                }

                fn write_patch(patch: &ItemPatch, changes: &mut model::Changes<Self>) {
                    changes.set(Self::AMOUNT, &patch.amount);
                    changes.set(Self::DELETED, &patch.deleted);
                    changes.expect(Self::VERSION, patch.version);
                }

                fn live() -> Option<Filter<Self>> {
                    Some(Self::DELETED.eq(false))
                }

                fn bury(changes: &mut model::Changes<Self>) {
                    changes.set(Self::DELETED, &Change::Set(true));
                }

                fn version(&self) -> Option<i64> {
                    Some(self.version)
                }

                fn expect(patch: &mut ItemPatch, version: i64) {
                    patch.version = Some(version);
                }

                fn visit<V: model::Visit<Self>>(_: ItemColumn, _: V) -> Option<V::Output> {
                    None
                }

                fn text(&self, _: ItemColumn) -> Option<String> {
                    None
                }

                fn new_key(new: &NewItem, _: u64) -> Option<ItemKey> {
                    Some(new.key.clone())
                }
            }

            impl model::Upsert for Item {
                fn save_key(save: &SaveItem) -> ItemKey {
                    save.key.clone()
                }

                fn write_save(save: &SaveItem, row: &mut model::Saved<Self>) {
                    row.key(Self::SHELF, &save.key.shelf);
                    row.key(Self::CODE, &save.key.code);
                    row.put_or(Self::TENANT, &save.tenant, &0);
                    row.put_optional(Self::BARCODE, &save.barcode);
                    row.put_or(Self::AMOUNT, &save.amount, &7);
                    row.put_optional(Self::AUTHOR, &save.author);
                    row.key(Self::DELETED, &false);
                    row.key(Self::VERSION, &1);
                }
            }
        }
    };
}

items!(own, policy::Own);
items!(closed, policy::Nobody);
