#pragma once

// What somebody decided about people: an edit, in the order it was made. docs/adr/0011-people.md.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "domain/ids.hpp"

namespace notify {

/// What is given in a PeopleEdit besides `person` stands beside each.
enum class EditKind : std::uint8_t {
    kEnrol,        ///< photos; name, when the person is new.
    kFound,        ///< tracks of somebody unknown, by the service itself.
    kJoined,       ///< tracks of somebody unknown who was found, by the service itself.
    kRename,       ///< name.
    kConfirm,      ///< tracks that show the person.
    kReject,       ///< tracks that do not.
    kUnknown,      ///< tracks of nobody who is known; no person.
    kMerge,        ///< other, who is the same person.
    kSplit,        ///< other, of whom tracks and photos are of this new person; name, if there is one.
    kMove,         ///< other, of whom tracks and photos are of this person.
    kHide,         ///< Shown no more.
    kShow,         ///< Shown again.
    kConsent,      ///< text: where the person's consent is kept.
    kRemovePhoto,  ///< photos.
    kUndo,         ///< undoes; no person.
    kErase,        ///< Nothing; cannot be undone.
};

inline constexpr std::array<std::string_view, 16> kEditKindWords{
    "enrol",
    "found",
    "joined",
    "rename",
    "confirm",
    "reject",
    "unknown",
    "merge",
    "split",
    "move",
    "hide",
    "show",
    "consent",
    "remove_photo",
    "undo",
    "erase"
};

[[nodiscard]] std::string_view ToString(EditKind kind) noexcept;

/// What became of an edit in the projection.
enum class EditOutcome : std::uint8_t {
    kApplied,
    kNoOp,    ///< What it was about is not there, without an edit that was undone: `note` says it.
    kUndone,  ///< Another edit takes it out.
    kErased,  ///< It was about somebody who is erased: nobody knows what it said.
};

inline constexpr std::array<std::string_view, 4> kEditOutcomeWords{"applied", "no_op", "undone", "erased"};

[[nodiscard]] std::string_view ToString(EditOutcome outcome) noexcept;

struct PeopleEdit {
    std::int64_t sequence = 0;  ///< Rises in the order of edits.
    EditId id;
    Timestamp at;
    std::string actor;  ///< "key:…", "service".
    EditKind kind = EditKind::kEnrol;
    PersonId person;
    PersonId other;
    std::string name;
    std::string text;
    std::vector<PhotoId> photos;
    std::vector<TrackId> tracks;  ///< Their anchors.
    EditId undoes;
    EditOutcome outcome = EditOutcome::kApplied;
    std::string note;  ///< A sentence; empty unless it is a no-op.
};

}  // namespace notify
