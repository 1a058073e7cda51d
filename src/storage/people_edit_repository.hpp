#pragma once

// Edits of people, and the rows that are their projection. docs/adr/0011-people.md.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "domain/people_edit.hpp"
#include "domain/people_state.hpp"
#include "storage/storage.hpp"

namespace notify {

/// An item whose appearances are to be looked at again.
struct WantedItem {
    ItemId item;
    bool tell = false;
};

/// A photo that was destroyed after its person.
struct StrayPhoto {
    PhotoId photo;
    PersonId person;
    std::string crop_sha256;
};

class PeopleEditRepository {
public:
    PeopleEditRepository() = default;
    PeopleEditRepository(const PeopleEditRepository&) = delete;
    PeopleEditRepository& operator=(const PeopleEditRepository&) = delete;
    virtual ~PeopleEditRepository() = default;

    /// Raises the gallery's version. Edits come first to it, and so one after the other.
    virtual Result<void> Begin() = 0;

    /// Writes the edit down with its subjects; `sequence` is ignored. What an edit with a person says is
    /// sealed under that person's key, which is made with their first edit. An undo has the subjects of what
    /// it undoes. kConflict when an edit of that id is there.
    virtual Result<void> Append(const PeopleEdit& edit) = 0;

    /// kNotFound.
    [[nodiscard]] virtual Result<PeopleEdit> Get(const EditId& id) const = 0;

    /// Newest first; of one person (who and whoever was merged into them) when it is not empty.
    [[nodiscard]] virtual Result<Page<PeopleEdit>> List(
        const PersonId& person, const PageRequest& page
    ) const = 0;

    /// All edits that hang together with this one by their subjects, in their order, itself included.
    [[nodiscard]] virtual Result<std::vector<PeopleEdit>> World(const EditId& id) const = 0;

    /// Keeps what became of an edit: outcome and note.
    virtual Result<void> SetOutcome(const PeopleEdit& edit) = 0;

    /// The rows that an edit reads or changes: its people with all of their roots, who has its name, its
    /// photos and tracks.
    [[nodiscard]] virtual Result<PeopleState> StateFor(const std::vector<PeopleEdit>& edits) const = 0;

    /// What is said of tracks with these anchors; nothing of the others.
    [[nodiscard]] virtual Result<std::map<TrackId, TrackVerdict>> VerdictsOf(
        const std::vector<TrackId>& anchors
    ) const = 0;

    /// The anchors of the tracks of these appearances. kNotFound names one that is not there.
    [[nodiscard]] virtual Result<std::vector<TrackId>> AnchorsIn(
        const std::vector<AppearanceId>& appearances
    ) const = 0;

    /// The anchors of these tracks. kNotFound names one that is not there.
    [[nodiscard]] virtual Result<std::vector<TrackId>> AnchorsOf(
        const std::vector<TrackId>& tracks
    ) const = 0;

    /// The anchors of the tracks that are said to be the person's or of somebody who has the same root.
    [[nodiscard]] virtual Result<std::vector<TrackId>> AnchorsSaidToBe(const PersonId& person) const = 0;

    /// The item's tracks, of all runs, of which something is said. Without shots.
    [[nodiscard]] virtual Result<std::vector<FaceTrack>> JudgedTracks(const ItemId& item) const = 0;

    /// Makes the rows of `before` those of `after`.
    virtual Result<void> Change(const PeopleState& before, const PeopleState& after) = 0;

    /// Everything there is, in order, as text: equal states have equal texts.
    [[nodiscard]] virtual Result<std::string> StateText() const = 0;

    /// Wants the items looked at again in which one of these people appears: `tell` when their names are to
    /// be told also where the appearances stay as they are.
    virtual Result<void> WantRelabelled(const std::vector<PersonId>& people, bool tell, Timestamp now) = 0;

    /// The same for items in which a track with one of these anchors is seen.
    virtual Result<void> WantRelabelled(const std::vector<TrackId>& anchors, Timestamp now) = 0;

    /// The same for items in which these faces are seen, by their numbers (FaceRepository).
    virtual Result<void> WantRelabelled(const std::vector<std::int64_t>& faces, Timestamp now) = 0;

    /// Of those, the ones that wait longest.
    [[nodiscard]] virtual Result<std::vector<WantedItem>> WantedRelabelled(int limit) const = 0;

    /// The item was looked at. Call it in the transaction that wrote what came of it, which holds the
    /// gallery's version.
    virtual Result<void> Relabelled(const ItemId& item) = 0;

    /// Whether anything was said of the person that was not forgotten: of whoever is there, and of one whose
    /// enrolment is undone.
    [[nodiscard]] virtual Result<bool> HasEditsOf(const PersonId& person) const = 0;

    /// Makes what was said of these people unreadable for ever: destroys their keys and photos, with those
    /// that once were theirs and are nobody's now, and empties their edits, which are kErased afterwards.
    /// Keeps marks of their names and photos, from which nobody reads either. The crops of the photos, by
    /// their sha-256, one for each photo.
    virtual Result<std::vector<std::string>> Forget(const std::vector<PersonId>& people, Timestamp now) = 0;

    /// Destroys those of the photos that are nobody's and were enrolled as of somebody who is forgotten, and
    /// keeps marks of them as Forget does.
    virtual Result<std::vector<StrayPhoto>> ForgetStrays(
        const std::vector<PhotoId>& photos, Timestamp now
    ) = 0;

    /// Destroys these photos, whoever has them, and keeps marks of them. The crops of those that were there.
    virtual Result<std::vector<std::string>> ForgetPhotos(
        const std::vector<PhotoId>& photos, Timestamp now
    ) = 0;

    /// Whether somebody of this name, or with a photo of this sha-256, was forgotten.
    [[nodiscard]] virtual Result<bool> WasForgotten(std::string_view name_or_photo) const = 0;
};

}  // namespace notify
