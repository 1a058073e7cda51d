#pragma once

// ItemRepository in SQL.

#include "storage/item_repository.hpp"
#include "storage/sql/connection.hpp"

namespace notify::sql {

/// See ItemRepository. The connection outlives it.
class ItemTable final : public ItemRepository {
public:
    explicit ItemTable(Connection& connection) : connection_(connection) {}

    Result<int> AddIfNew(const Item& item) override;
    Result<std::set<ItemId>> AddFirsts(const std::vector<Item>& items) override;
    [[nodiscard]] Result<Item> Get(const ItemId& id) const override;
    [[nodiscard]] Result<std::vector<Item>> GetAll(const std::vector<ItemId>& ids) const override;
    [[nodiscard]] Result<std::optional<Item>> Newest(
        const BucketId& bucket, std::string_view key
    ) const override;
    [[nodiscard]] Result<std::vector<Item>> NewestBetween(
        const BucketId& bucket, const KeyRange& range, int limit
    ) const override;
    [[nodiscard]] Result<std::vector<Item>> LiveVersions(
        const BucketId& bucket, std::string_view key, const ItemId& keep
    ) const override;
    [[nodiscard]] Result<Page<Item>> List(const ItemFilter& filter, const PageRequest& page) const override;
    [[nodiscard]] Result<std::map<Status, std::int64_t>> CountByStatus(const BucketId& bucket) const override;
    Result<void> SetStatus(const Item& item) override;
    Result<void> SetStatuses(const std::vector<Item>& items) override;
    Result<void> SetContent(const ItemId& id, std::string_view media_type, std::string_view sha256) override;
    Result<void> NoteContents(const std::vector<Item>& items) override;
    Result<void> SetRemoved(const ItemId& id, Timestamp at) override;
    Result<void> AddChange(const ItemId& id, const ItemChange& change) override;
    Result<void> AddChanges(const std::vector<NotedChange>& changes) override;
    [[nodiscard]] Result<std::vector<ItemChange>> History(const ItemId& id) const override;
    [[nodiscard]] Result<OldPage<ItemId>> Left(
        const OldBefore& before, const OldPlace& from, int limit
    ) const override;
    Result<int> Forget(const std::vector<ItemId>& ids) override;
    [[nodiscard]] Result<OldPage<ChangePlace>> PastChanges(
        Timestamp before, const OldPlace& from, int limit
    ) const override;
    Result<int> ForgetChanges(const std::vector<ChangePlace>& changes) override;
    Result<void> SetAlias(
        const BucketId& bucket, std::string_view key, std::string_view version, std::string_view sha256
    ) override;
    [[nodiscard]] Result<std::optional<std::string>> Alias(
        const BucketId& bucket, std::string_view key, std::string_view version
    ) const override;

private:
    [[nodiscard]] Result<void> ReplaceGeneration(const Item& by, int generation);

    Connection& connection_;
};

}  // namespace notify::sql
