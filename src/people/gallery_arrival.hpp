#pragma once

// Who somebody of a gallery that comes in is here, and what of them is new.

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/person.hpp"
#include "people/gallery.hpp"
#include "people/gallery_document.hpp"
#include "storage/storage.hpp"

namespace notify {

/// Whose a face in a photo is: of a photo of several people each may be somebody else's.
struct OwnedFace {
    PersonId person;  ///< Who they were merged into; empty for somebody who arrives.
    Embedding embedding{};
};

/// Everybody who is here, as arrivals are compared with them: by one model.
struct PeopleHere {
    Gallery gallery;
    std::multimap<std::string, OwnedFace> faces;  ///< By the photo's sha-256.
    std::set<PersonId> get_consent;               ///< Who was without, and takes an arrival's.
};

[[nodiscard]] Result<PeopleHere> ReadPeopleHere(const Snapshot& snapshot, std::string_view model);

struct Arriving {
    const MovedPerson* person = nullptr;  ///< Of the gallery.
    PersonId here;                        ///< Empty: nobody yet.
    std::vector<const MovedPhoto*> fresh;
    bool takes_consent = false;  ///< It says where consent is kept, and nobody did here or before it.
    std::string code;            ///< As MovedAnswer's.
    std::string sentence;

    [[nodiscard]] bool IsRefused() const noexcept { return !code.empty() && fresh.empty(); }
};

/// Decides on one; `person` outlives what comes out, and its photos are here for the next ones.
[[nodiscard]] Result<Arriving> DecideArrival(
    const Snapshot& snapshot, PeopleHere& here, const MovedPerson& person, bool again
);

}  // namespace notify
