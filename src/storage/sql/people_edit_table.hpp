#pragma once

// PeopleEditRepository in SQL.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/secret_box.hpp"
#include "storage/people_edit_repository.hpp"
#include "storage/sql/connection.hpp"

namespace notify::sql {

/// See PeopleEditRepository. Connection and box outlive it.
class PeopleEditTable final : public PeopleEditRepository {
public:
    PeopleEditTable(Connection& connection, const SecretBox& box) : connection_(connection), box_(box) {}

    Result<void> Begin() override;
    Result<void> Append(const PeopleEdit& edit) override;
    [[nodiscard]] Result<PeopleEdit> Get(const EditId& id) const override;
    [[nodiscard]] Result<Page<PeopleEdit>> List(
        const PersonId& person, const PageRequest& page
    ) const override;
    [[nodiscard]] Result<std::vector<PeopleEdit>> World(const EditId& id) const override;
    Result<void> SetOutcome(const PeopleEdit& edit) override;
    [[nodiscard]] Result<PeopleState> StateFor(const std::vector<PeopleEdit>& edits) const override;
    [[nodiscard]] Result<std::map<TrackId, TrackVerdict>> VerdictsOf(
        const std::vector<TrackId>& anchors
    ) const override;
    [[nodiscard]] Result<std::vector<TrackId>> AnchorsIn(
        const std::vector<AppearanceId>& appearances
    ) const override;
    [[nodiscard]] Result<std::vector<TrackId>> AnchorsOf(const std::vector<TrackId>& tracks) const override;
    [[nodiscard]] Result<std::vector<TrackId>> AnchorsSaidToBe(const PersonId& person) const override;
    [[nodiscard]] Result<std::vector<FaceTrack>> JudgedTracks(const ItemId& item) const override;
    Result<void> Change(const PeopleState& before, const PeopleState& after) override;
    [[nodiscard]] Result<std::string> StateText() const override;
    Result<void> WantRelabelled(const std::vector<PersonId>& people, bool tell, Timestamp now) override;
    Result<void> WantRelabelled(const std::vector<TrackId>& anchors, Timestamp now) override;
    Result<void> WantRelabelled(const std::vector<std::int64_t>& faces, Timestamp now) override;
    [[nodiscard]] Result<std::vector<WantedItem>> WantedRelabelled(int limit) const override;
    Result<void> Relabelled(const ItemId& item) override;
    [[nodiscard]] Result<bool> HasEditsOf(const PersonId& person) const override;
    Result<std::vector<std::string>> ForgetPhotos(const std::vector<PhotoId>& photos, Timestamp now) override;
    Result<std::vector<StrayPhoto>> ForgetStrays(const std::vector<PhotoId>& photos, Timestamp now) override;
    Result<std::vector<std::string>> Forget(const std::vector<PersonId>& people, Timestamp now) override;
    [[nodiscard]] Result<bool> WasForgotten(std::string_view name_or_photo) const override;

private:
    /// What the person is called; of one who is not there since the enrolment is undone, the last name that
    /// was said. Empty when there is none.
    [[nodiscard]] Result<std::string> NameOf(const PersonId& person) const;

    /// That a name, or a photo of this sha-256, is of somebody who is erased.
    [[nodiscard]] Result<void> Mark(std::string_view name_or_photo, Timestamp now);

    Connection& connection_;
    const SecretBox& box_;
};

}  // namespace notify::sql
