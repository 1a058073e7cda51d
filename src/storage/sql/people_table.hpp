#pragma once

// PeopleRepository in SQL.

#include <set>
#include <vector>

#include "core/secret_box.hpp"
#include "storage/people_repository.hpp"
#include "storage/sql/connection.hpp"

namespace notify::sql {

/// See PeopleRepository. The connection outlives it.
class PeopleTable final : public PeopleRepository {
public:
    PeopleTable(Connection& connection, const SecretBox& box) : connection_(connection), box_(box) {}

    [[nodiscard]] Result<Person> Get(const PersonId& id) const override;
    [[nodiscard]] Result<Person> Find(std::string_view id_or_name) const override;
    [[nodiscard]] Result<std::vector<Person>> List() const override;
    [[nodiscard]] Result<Page<Person>> Roots(const PageRequest& page) const override;
    [[nodiscard]] Result<std::vector<PersonId>> MergedInto(const PersonId& root) const override;
    Result<void> AddPhoto(const EnrolmentPhoto& photo) override;
    [[nodiscard]] Result<std::vector<EnrolmentPhoto>> PhotosOf(const PersonId& id) const override;
    [[nodiscard]] Result<std::vector<EnrolmentPhoto>> AllPhotos() const override;
    [[nodiscard]] Result<std::int64_t> GalleryVersion() const override;
    [[nodiscard]] Result<std::int64_t> HoldGalleryVersion() override;
    Result<void> AddTracks(const std::vector<FaceTrack>& tracks) override;
    [[nodiscard]] Result<std::vector<FaceTrack>> TracksOf(const ResultId& result) const override;
    [[nodiscard]] Result<Appearance> GetAppearance(const AppearanceId& id) const override;
    [[nodiscard]] Result<std::set<ItemId>> WithAppearances(const std::vector<ItemId>& items) const override;
    Result<void> ReplaceAppearances(
        const ItemId& item, const ResultId& result, const std::vector<Appearance>& appearances
    ) override;
    Result<void> RetireAppearances(const ItemId& item, const ResultId& result) override;
    [[nodiscard]] Result<bool> AreSeenTogether(const PersonId& one, const PersonId& other) const override;
    [[nodiscard]] Result<Page<Appearance>> Appearances(
        const AppearanceFilter& filter, const PageRequest& page
    ) const override;

private:
    Connection& connection_;
    const SecretBox& box_;
};

}  // namespace notify::sql
